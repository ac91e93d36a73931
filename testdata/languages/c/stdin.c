// Reads standard input by lines and adds up the integers in it.
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    long lines = 0, sum = 0;

    while (getline(&line, &size, stdin) != -1) {
        char *at = line, *end;
        lines++;
        for (long n = strtol(at, &end, 10); end != at; n = strtol(at, &end, 10)) {
            sum += n;
            at = end;
        }
    }
    free(line);
    printf("%ld\n%ld\n", lines, sum);
    return 0;
}
