// Gives a text to a variable for numbers.
// want compile: main\.cs\(9,22\): error CS0029: Cannot implicitly convert type `string' to `int'
using System;

class Program
{
    static void Main()
    {
        int number = "forty-two";
        Console.WriteLine(number);
    }
}
