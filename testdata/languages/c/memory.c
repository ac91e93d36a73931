// Takes a gigabyte in pieces, and keeps them all.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 256, SIZE = 4 << 20 };

int main(void)
{
    static char *pieces[PIECES];
    long sum = 0;

    for (int i = 0; i < PIECES; i++) {
        pieces[i] = malloc(SIZE);
        if (pieces[i] == NULL) {
            perror("malloc");
            return EXIT_FAILURE;
        }
        memset(pieces[i], i, SIZE);
    }
    for (int i = 0; i < PIECES; i++)
        sum += pieces[i][SIZE / 2];
    fprintf(stderr, "%ld\n", sum);
    puts("done");
    return 0;
}
