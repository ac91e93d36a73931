<?php
// Prints its arguments, each on a line.
foreach (array_slice($argv, 1) as $arg) {
    echo "$arg\n";
}
