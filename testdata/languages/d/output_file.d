// Writes a file to the current directory.
import std.file;

void main()
{
    write("out.txt", "written\n");
}
