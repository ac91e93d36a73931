// Files that are called as headers of the library are not taken for them.
#include <map>
#include <string>

#include "util/time.h"

#include <iostream>

// want stdout: ^42\n$
int main() {
    std::map<std::string, int> m{{"a", answer()}};
    std::cout << m["a"] << "\n";
}
