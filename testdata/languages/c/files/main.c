// A program of two files: the other one has the function.
#include <stdio.h>

int answer(void); // in answer.c

int main(void)
{
    printf("%d\n", answer());
    return 0;
}
