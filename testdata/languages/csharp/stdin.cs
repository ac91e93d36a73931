// Reads integers from standard input and prints the number of lines and the sum.
using System;
using System.Linq;

class Program
{
    static void Main()
    {
        int lines = 0;
        long sum = 0;
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            lines++;
            sum += line.Split(' ').Sum(long.Parse);
        }
        Console.WriteLine(lines);
        Console.WriteLine(sum);
    }
}
