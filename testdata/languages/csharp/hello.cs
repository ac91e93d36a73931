// The shortest program: it prints a line.
using System;

class Program
{
    static void Main()
    {
        Console.WriteLine("hello");
    }
}
