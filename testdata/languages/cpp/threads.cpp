// Four threads share a sum.
#include <future>
#include <iostream>
#include <vector>

long add(long first, long count)
{
    long sum = 0;
    for (long i = first; i < first + count; ++i)
        sum += i;
    return sum;
}

int main()
{
    std::vector<std::future<long>> parts;
    for (long i = 0; i < 4; ++i)
        parts.push_back(std::async(std::launch::async, add, 1 + i * 250000, 250000));

    long sum = 0;
    for (auto& part : parts)
        sum += part.get();
    std::cout << sum << '\n';
}
