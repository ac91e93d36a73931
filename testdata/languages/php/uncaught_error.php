<?php
// Throws an exception that nobody catches.
// want stderr: (?s)Fatal error:\s+Uncaught RuntimeException: boom in .*main\.php:7\n.*main\.php on line 7\n
function check(int $number): void
{
    if ($number > 2) {
        throw new RuntimeException("boom");
    }
}

for ($i = 0; $i < 5; $i++) {
    check($i);
}
