// Counts the characters of a line.
import std.range, std.stdio, std.string;

void main()
{
    string line = readln.chomp;
    writeln(line.walkLength);
    writeln(line);
}
