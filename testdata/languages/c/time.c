// Computes for ever.
#include <stdio.h>

int main(void)
{
    unsigned x = 1, zeros = 0;

    for (;;) {
        x = x * 1664525 + 1013904223;
        if (x == 0 && ++zeros == 0)
            puts("never");
    }
}
