# Runs another program and prints what it said.
use strict;
use warnings;

my $said = `echo child`;
print $said;
