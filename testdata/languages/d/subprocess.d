// Runs a command and prints what it says.
import std.process, std.stdio;

void main()
{
    auto child = executeShell("echo child");
    write(child.output);
}
