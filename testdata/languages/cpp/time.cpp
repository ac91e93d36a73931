// Computes for ever.
int main()
{
    volatile unsigned x = 1;

    while (true)
        x = x * 1664525 + 1013904223;
}
