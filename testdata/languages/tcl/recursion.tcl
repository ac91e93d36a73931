# A recursion without an end, whose result is needed; want stderr: too many nested evaluations
proc depth {n} {
    return [expr {1 + [depth [expr {$n + 1}]]}]
}

puts [depth 0]
