# A recursion that never comes to its end.
# want status: failed|memory_limit
use strict;
use warnings;

sub depth {
    my ($n) = @_;
    return 1 + depth($n + 1);
}

print depth(0), "\n";
