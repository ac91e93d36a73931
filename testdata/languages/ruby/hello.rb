# The shortest program: it prints a line.
puts "hello"
