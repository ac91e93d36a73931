// Ends with an exit code of its own.
#include <stdlib.h>

int main(void)
{
    exit(3);
}
