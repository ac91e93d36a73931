# Runs a command and prints its output.
puts [exec echo child]
