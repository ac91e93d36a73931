// Calls a method of the class beside it.
using System;

class Program
{
    static void Main()
    {
        Console.WriteLine(Util.Answer());
    }
}
