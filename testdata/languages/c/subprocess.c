// Runs a command and prints what it says.
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char line[100];
    FILE *child = popen("echo child", "r");

    if (child == NULL) {
        perror("popen");
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof line, child) != NULL)
        fputs(line, stdout);
    return pclose(child) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
