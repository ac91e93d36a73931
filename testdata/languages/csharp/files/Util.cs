// The class that main.cs uses.
static class Util
{
    public static int Answer()
    {
        return 6 * 7;
    }
}
