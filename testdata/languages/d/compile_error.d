// Uses a variable that was never declared.
// want compile: main\.d:7:17: error: undefined identifier .number.
import std.stdio;

void main()
{
    writeln(1 + number);
}
