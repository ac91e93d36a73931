// Ends with an exception that nobody catches; it does not know its line.
// want stderr: terminate called after throwing an instance of 'std::runtime_error'\n  what\(\):  boom\n
#include <stdexcept>

int main()
{
    throw std::runtime_error{"boom"};
}
