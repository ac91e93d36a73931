# Requires a method from the file beside it.
require_relative "util"

puts answer
