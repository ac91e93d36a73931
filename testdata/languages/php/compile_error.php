<?php
// Forgets the closing parenthesis of a condition.
// want stderr: Parse error:\s+syntax error, unexpected token "\{" in .*main\.php on line 6\n
$number = 42;

if ($number > 1 {
    echo "large\n";
}
