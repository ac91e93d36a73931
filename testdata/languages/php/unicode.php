<?php
// Counts the characters, not the bytes, of a line.
$line = rtrim(fgets(STDIN), "\n");
echo mb_strlen($line), "\n";
echo $line, "\n";
