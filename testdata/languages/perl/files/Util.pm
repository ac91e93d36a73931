# The module that main.pl uses.
package Util;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(answer);

sub answer {
    return 6 * 7;
}

1;
