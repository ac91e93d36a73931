# Reads numbers from standard input: prints how many lines there were, and their sum.
{
    for (i = 1; i <= NF; i++)
        sum += $i
}

END {
    print NR
    print sum + 0
}
