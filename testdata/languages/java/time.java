// Computes for ever.
public class Main {
    public static void main(String[] args) {
        long number = 1;
        while (number != 0) {
            number = number * 48271 % 2147483647;
        }
    }
}
