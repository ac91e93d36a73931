<?php
// Four forked processes add up a quarter of the numbers each.
const COUNT = 1_000_000;
const PROCESSES = 4;

function add(int $part): int
{
    $size = intdiv(COUNT, PROCESSES);
    $sum = 0;
    for ($number = $part * $size + 1; $number <= ($part + 1) * $size; $number++) {
        $sum += $number;
    }
    return $sum;
}

$streams = [];
for ($part = 0; $part < PROCESSES; $part++) {
    [$parent, $child] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    if (pcntl_fork() === 0) {
        fwrite($child, (string) add($part));
        exit;
    }
    fclose($child);
    $streams[] = $parent;
}
$sum = 0;
foreach ($streams as $stream) {
    $sum += (int) stream_get_contents($stream);
}
echo "$sum\n";
