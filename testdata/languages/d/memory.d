// Takes a gigabyte in pieces, and keeps them all.
import std.stdio;

void main()
{
    ubyte[][] pieces;
    foreach (i; 0 .. 256)
    {
        auto piece = new ubyte[4 << 20];
        piece[] = cast(ubyte) i;
        pieces ~= piece;
    }
    writeln("done");
    writeln(pieces[$ - 1][$ - 1]);
}
