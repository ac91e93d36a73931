# Prints its arguments, each on a line.
use strict;
use warnings;

print "$_\n" for @ARGV;
