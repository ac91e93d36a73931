# Counts the characters (not the bytes) of a line.
gets stdin line
puts [string length $line]
puts $line
