# Four threads compute a sum together (Tcl's package Thread).
package require Thread

for {set k 0} {$k < 4} {incr k} {
    set thread [thread::create]
    thread::send -async $thread [list set k $k]
    thread::send -async $thread {
        set sum 0
        for {set n [expr {$k * 250000 + 1}]} {$n <= ($k + 1) * 250000} {incr n} {
            incr sum $n
        }
        set sum
    } parts($k)
}

set total 0
for {set k 0} {$k < 4} {incr k} {
    if {![info exists parts($k)]} {
        vwait parts($k)
    }
    incr total $parts($k)
}
puts $total
