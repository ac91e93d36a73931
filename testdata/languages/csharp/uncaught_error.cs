// Throws an exception that nobody catches.
// want stderr: (?s)System\.InvalidOperationException: boom\n  at Program\.Check .* in .*main\.cs:13
using System;

class Program
{
    static void Check(int number)
    {
        if (number > 2)
        {
            throw new InvalidOperationException("boom");
        }
    }

    static void Main()
    {
        for (int i = 0; i < 5; i++)
        {
            Check(i);
        }
    }
}
