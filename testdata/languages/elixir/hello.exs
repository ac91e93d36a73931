# Prints a greeting.
IO.puts("hello")
