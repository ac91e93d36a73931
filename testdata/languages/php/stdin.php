<?php
// Reads integers from standard input and prints the number of lines and the sum.
$lines = 0;
$sum = 0;
while (($line = fgets(STDIN)) !== false) {
    $lines++;
    foreach (preg_split('/\s+/', trim($line)) as $word) {
        $sum += (int) $word;
    }
}
echo "$lines\n$sum\n";
