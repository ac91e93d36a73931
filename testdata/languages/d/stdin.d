// Reads standard input by lines and adds up the integers in it.
import std.array, std.conv, std.stdio;

void main()
{
    long lines, sum;
    foreach (line; stdin.byLine)
    {
        ++lines;
        foreach (word; line.split)
            sum += word.to!long;
    }
    writeln(lines);
    writeln(sum);
}
