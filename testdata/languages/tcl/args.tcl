# Prints each command line argument on a line of its own.
foreach argument $argv {
    puts $argument
}
