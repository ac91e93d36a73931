// Writes a file to the current directory.
using System.IO;

class Program
{
    static void Main()
    {
        File.WriteAllText("out.txt", "written\n");
    }
}
