// Writes a file to the current directory.
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    FILE *out = fopen("out.txt", "w");

    if (out == NULL) {
        perror("out.txt");
        return EXIT_FAILURE;
    }
    fputs("written\n", out);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
