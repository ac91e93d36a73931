# Dies, and nobody catches it.
# want stderr: ^boom at .*main\.pl line 8\.\n$
use strict;
use warnings;

sub check {
    my ($number) = @_;
    die "boom" if $number > 2;
}

check($_) for 0 .. 4;
