# Computes for ever.
use strict;
use warnings;

my $number = 1;
while (1) {
    $number = $number * 48271 % 2147483647;
}
