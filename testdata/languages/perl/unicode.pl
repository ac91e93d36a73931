# Counts the characters, not the bytes, of a line.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));

chomp(my $line = <STDIN>);
print length($line), "\n";
print "$line\n";
