// Keeps more and more memory: 1 GiB in pieces of 8 MiB.
using System;
using System.Collections.Generic;

class Program
{
    static void Main()
    {
        var pieces = new List<byte[]>();
        for (int i = 0; i < 128; i++)
        {
            var piece = new byte[8 << 20];
            for (int j = 0; j < piece.Length; j += 1024)
            {
                piece[j] = 1;
            }
            pieces.Add(piece);
        }
        Console.WriteLine("done");
    }
}
