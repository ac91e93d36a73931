// Counts the characters of a line, which is UTF-8.
#include <algorithm>
#include <iostream>
#include <string>

int main()
{
    std::string line;
    std::getline(std::cin, line);
    // Every character has one byte that does not continue another.
    auto characters = std::count_if(line.begin(), line.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
    std::cout << characters << '\n' << line << '\n';
}
