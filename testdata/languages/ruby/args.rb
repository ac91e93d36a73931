# Prints its arguments, each on a line.
ARGV.each { |arg| puts arg }
