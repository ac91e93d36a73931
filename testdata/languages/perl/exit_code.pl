# Ends with an exit code of its own choice.
use strict;
use warnings;

exit 3;
