// Adds a number to a name that was never declared.
// want compile: main\.cpp:7:22: error: .number. was not declared
#include <iostream>

int main()
{
    std::cout << 1 + number << '\n';
}
