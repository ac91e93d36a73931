# The shortest program: it prints a line.
use strict;
use warnings;

print "hello\n";
