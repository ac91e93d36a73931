# Computes for ever.
set n 0
while {1} {
    set n [expr {($n * 31 + 7) % 1000003}]
}
