// Ends with an exit code of its own choice.
public class Main {
    public static void main(String[] args) {
        System.exit(3);
    }
}
