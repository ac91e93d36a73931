<?php
// Computes for ever.
$number = 1;
while (true) {
    $number = $number * 48271 % 2147483647;
}
