# An error that nobody catches; want stderr: ^boom\n(.|\n)*\(procedure "check" line 3\)(.|\n)*\(file "main\.tcl" line 9\)
proc check {value} {
    if {$value < 0} {
        error "boom"
    }
    return $value
}

puts [check -1]
