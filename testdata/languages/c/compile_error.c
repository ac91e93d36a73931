// Uses a variable that was never declared.
// want compile: main\.c:7:24: error: .number. undeclared
#include <stdio.h>

int main(void)
{
    printf("%d\n", 1 + number);
    return 0;
}
