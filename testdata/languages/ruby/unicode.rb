# Counts the characters, not the bytes, of a line.
line = gets.chomp
puts line.length
puts line
