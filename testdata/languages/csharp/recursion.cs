// A recursion that never comes to its end.
using System;

class Program
{
    static int Depth(int n)
    {
        return 1 + Depth(n + 1);
    }

    static void Main()
    {
        Console.WriteLine(Depth(0));
    }
}
