// Reads standard input by lines and adds up the integers in it.
#include <iostream>
#include <sstream>
#include <string>

int main()
{
    std::string line;
    long lines = 0, sum = 0;

    while (std::getline(std::cin, line)) {
        ++lines;
        std::istringstream words{line};
        for (long n; words >> n;)
            sum += n;
    }
    std::cout << lines << '\n' << sum << '\n';
}
