// Runs a command and prints what it says.
#include <cstdio>
#include <iostream>
#include <memory>

int main()
{
    std::unique_ptr<FILE, int (*)(FILE*)> child{popen("echo child", "r"), pclose};
    if (!child)
        return 1;
    for (int c; (c = std::fgetc(child.get())) != EOF;)
        std::cout.put(static_cast<char>(c));
}
