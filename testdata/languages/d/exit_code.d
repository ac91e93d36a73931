// Ends with an exit code of its own.
int main()
{
    return 3;
}
