// Ends with an assertion that does not hold.
// want stderr: main\.c:9: main: Assertion .*boom.* failed
#include <assert.h>
#include <stdio.h>

int main(int argc, char *argv[])
{
    (void)argv;
    assert(argc == 1000 && "boom");
    puts("not reached");
    return 0;
}
