// Calls itself without end; the result of the inner call is needed.
#include <stdio.h>

static unsigned deep(unsigned n)
{
    return n % 10 + deep(n + 1) % 1000;
}

int main(void)
{
    printf("%u\n", deep(1));
    return 0;
}
