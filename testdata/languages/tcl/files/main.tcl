# A program of two files: this one reads the other.
source answer.tcl

puts [compute 6 7]
