// A program of two files: the other one is a header.
#include <iostream>

#include "answer.hpp"

int main()
{
    std::cout << answer() << '\n';
}
