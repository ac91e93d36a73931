// The class that Main.java uses.
class Util {
    static int answer() {
        return 6 * 7;
    }
}
