// Ends with an exception that nobody catches.
// want stderr: ^object\.Exception@(.*/)?main\.d\(8\): boom\n
import std.stdio;

void main(string[] args)
{
    if (args.length != 1000)
        throw new Exception("boom");
    writeln("not reached");
}
