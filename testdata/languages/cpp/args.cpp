// Prints its arguments, each on a line.
#include <iostream>
#include <span>

int main(int argc, char* argv[])
{
    for (auto arg : std::span{argv, static_cast<std::size_t>(argc)}.subspan(1))
        std::cout << arg << '\n';
}
