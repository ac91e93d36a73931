// Prints a line.
import std.stdio;

void main()
{
    writeln("hello");
}
