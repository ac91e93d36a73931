# Reads integers from standard input and prints the number of lines and the sum.
use strict;
use warnings;

my ($lines, $sum) = (0, 0);
while (my $line = <STDIN>) {
    $lines++;
    $sum += $_ for split ' ', $line;
}
print "$lines\n$sum\n";
