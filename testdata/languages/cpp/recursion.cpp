// Calls itself without end; every call has data of its own.
#include <iostream>
#include <string>

std::string nested(const std::string& inner)
{
    std::string outer = "(" + inner.substr(0, 8) + ")";
    return outer + nested(outer);
}

int main()
{
    std::cout << nested("x") << '\n';
}
