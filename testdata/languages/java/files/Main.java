// Calls a method of the class beside it.
public class Main {
    public static void main(String[] args) {
        System.out.println(Util.answer());
    }
}
