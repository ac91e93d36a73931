<?php
// A recursion that never comes to its end.
// want status: failed|memory_limit
function depth(int $n): int
{
    return 1 + depth($n + 1);
}

echo depth(0), "\n";
