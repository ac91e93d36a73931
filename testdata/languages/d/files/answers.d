// The other file of the program.
module answers;

int answer()
{
    return 6 * 7;
}
