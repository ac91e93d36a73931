# Reads numbers from standard input: prints how many lines there were, and their sum.
set lines 0
set sum 0
while {[gets stdin line] >= 0} {
    incr lines
    foreach number $line {
        incr sum $number
    }
}
puts $lines
puts $sum
