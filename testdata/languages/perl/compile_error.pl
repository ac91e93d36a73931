# Forgets the closing parenthesis of a condition.
# want stderr: syntax error at .*main\.pl line 8, near "1 \{"
use strict;
use warnings;

my $number = 42;

if ($number > 1 {
    print "large\n";
}
