# Keeps 1 GiB of text, in pieces of 4 MiB.
set pieces {}
for {set i 0} {$i < 256} {incr i} {
    lappend pieces [string repeat [format %c [expr {65 + $i % 26}]] [expr {4 * 1024 * 1024}]]
}
puts "done"
