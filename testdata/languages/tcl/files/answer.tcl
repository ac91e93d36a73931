# The other file of a program of two files.
proc compute {a b} {
    return [expr {$a * $b}]
}
