# A syntax error: a quote is missing; want stderr: missing "(.|\n)*\(file "main\.tcl" line 3\)
set n 5
if {$n > 3} {
    puts "big
}
