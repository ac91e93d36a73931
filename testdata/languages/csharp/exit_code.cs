// Ends with an exit code of its own choice.
class Program
{
    static int Main()
    {
        return 3;
    }
}
