# Counts the characters (not the bytes) of a line.
NR == 1 {
    print length($0)
    print $0
}
