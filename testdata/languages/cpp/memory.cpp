// Takes a gigabyte in pieces, and keeps them all.
#include <iostream>
#include <vector>

int main()
{
    std::vector<std::vector<char>> pieces;

    for (int i = 0; i < 256; ++i)
        pieces.emplace_back(4 << 20, 'x');
    std::cout << "done\n" << pieces.back().back() << '\n';
}
