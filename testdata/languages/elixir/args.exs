# Prints each command line argument on a line of its own.
Enum.each(System.argv(), &IO.puts/1)
