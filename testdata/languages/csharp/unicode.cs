// Counts the characters, not the bytes, of a line.
using System;

class Program
{
    static void Main()
    {
        string line = Console.ReadLine();
        Console.WriteLine(line.Length);
        Console.WriteLine(line);
    }
}
