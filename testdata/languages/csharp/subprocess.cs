// Runs another program and prints what it said.
using System;
using System.Diagnostics;

class Program
{
    static void Main()
    {
        var start = new ProcessStartInfo("echo", "child")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using (Process process = Process.Start(start))
        {
            Console.Write(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
        }
    }
}
