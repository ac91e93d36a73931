// Computes for ever.
void main()
{
    uint x = 1;
    while (true)
        x = x * 1664525 + 1013904223;
}
