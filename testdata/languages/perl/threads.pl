# Four threads add up a quarter of the numbers each.
use strict;
use warnings;
use threads;

use constant { COUNT => 1_000_000, THREADS => 4 };

sub add {
    my ($part) = @_;
    my $size = COUNT / THREADS;
    my $sum  = 0;
    $sum += $_ for $part * $size + 1 .. ($part + 1) * $size;
    return $sum;
}

my @threads = map { threads->create(\&add, $_) } 0 .. THREADS - 1;
my $sum = 0;
$sum += $_->join for @threads;
print "$sum\n";
