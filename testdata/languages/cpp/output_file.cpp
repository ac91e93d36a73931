// Writes a file to the current directory.
#include <fstream>

int main()
{
    std::ofstream out{"out.txt"};
    out << "written\n";
    out.close();
    return out ? 0 : 1;
}
