<?php
// Keeps more and more memory: 1 GiB in pieces of 8 MiB.
$pieces = [];
for ($i = 0; $i < 128; $i++) {
    $pieces[] = str_repeat(chr($i), 8 << 20);
}
echo "done\n";
