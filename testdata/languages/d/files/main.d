// A program of two files: the other one is a module.
import std.stdio;

import answers;

void main()
{
    writeln(answer());
}
