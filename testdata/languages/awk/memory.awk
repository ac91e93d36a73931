# Keeps 1 GiB of text, in pieces of 4 MiB.
BEGIN {
    size = 4 * 1024 * 1024
    for (i = 1; i <= 256; i++)
        pieces[i] = sprintf("%" size "d", i)
    print "done"
}
