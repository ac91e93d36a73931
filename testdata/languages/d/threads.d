// Four threads share a sum.
import std.concurrency, std.stdio;

enum each = 250_000L;

void add(long first)
{
    long sum;
    foreach (i; first .. first + each)
        sum += i;
    ownerTid.send(sum);
}

void main()
{
    foreach (i; 0 .. 4)
        spawn(&add, 1 + i * each);
    long sum;
    foreach (i; 0 .. 4)
        sum += receiveOnly!long;
    writeln(sum);
}
