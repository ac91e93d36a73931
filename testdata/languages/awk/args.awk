# Prints each command line argument on a line of its own.
BEGIN {
    for (i = 1; i < ARGC; i++)
        print ARGV[i]
}
