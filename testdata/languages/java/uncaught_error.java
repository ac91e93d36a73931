// Throws an exception that nobody catches.
// want stderr: ^Exception in thread "main" java\.lang\.IllegalStateException: boom\n\tat Main\.check\(Main\.java:6\)\n\tat Main\.main\(Main\.java:12\)\n$
public class Main {
    static void check(int number) {
        if (number > 2) {
            throw new IllegalStateException("boom");
        }
    }

    public static void main(String[] args) {
        for (int i = 0; i < 5; i++) {
            check(i);
        }
    }
}
