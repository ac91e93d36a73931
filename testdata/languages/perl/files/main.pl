# Uses a function from the module beside it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Util qw(answer);

print answer(), "\n";
