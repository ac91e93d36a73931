# Prints a greeting.
puts "hello"
