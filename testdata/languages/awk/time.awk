# Computes for ever.
BEGIN {
    n = 0
    while (1)
        n = (n * 31 + 7) % 1000003
}
