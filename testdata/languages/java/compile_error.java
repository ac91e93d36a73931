// Gives a text to a variable for numbers.
// want compile: (?s)Main\.java:5: error: incompatible types: String cannot be converted to int\n.*\n1 error\n
public class Main {
    public static void main(String[] args) {
        int number = "forty-two";
        System.out.println(number);
    }
}
