// The other file of the program.
int answer(void)
{
    return 6 * 7;
}
