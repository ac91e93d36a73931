// Computes for ever.
class Program
{
    static void Main()
    {
        long number = 1;
        while (number != 0)
        {
            number = number * 48271 % 2147483647;
        }
    }
}
