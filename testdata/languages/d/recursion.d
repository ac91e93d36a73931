// Calls itself without end; the result of the inner call is needed.
import std.stdio;

uint deep(uint n)
{
    return n % 10 + deep(n + 1) % 1000;
}

void main()
{
    writeln(deep(1));
}
