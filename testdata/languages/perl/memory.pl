# Keeps more and more memory: 1 GiB in pieces of 8 MiB.
use strict;
use warnings;

my @pieces;
for my $i (1 .. 128) {
    push @pieces, chr($i) x (8 << 20);
}
print "done\n";
