# Writes a file to the current directory.
use strict;
use warnings;

open my $file, '>', 'out.txt' or die "out.txt: $!";
print $file "written\n";
close $file or die "out.txt: $!";
