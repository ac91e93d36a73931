// Four threads add up a quarter of the numbers each.
using System;
using System.Linq;
using System.Threading;

class Program
{
    const int Count = 1000000;
    const int Threads = 4;

    static long Add(int part)
    {
        int size = Count / Threads;
        long sum = 0;
        for (int number = part * size + 1; number <= (part + 1) * size; number++)
        {
            sum += number;
        }
        return sum;
    }

    static void Main()
    {
        var sums = new long[Threads];
        var threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            int part = i;
            threads[i] = new Thread(() => sums[part] = Add(part));
            threads[i].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        Console.WriteLine(sums.Sum());
    }
}
