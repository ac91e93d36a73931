// Reads integers from standard input and prints the number of lines and the sum.
import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        int lines = 0;
        long sum = 0;
        try (Scanner in = new Scanner(System.in)) {
            while (in.hasNextLine()) {
                lines++;
                Scanner words = new Scanner(in.nextLine());
                while (words.hasNextInt()) {
                    sum += words.nextInt();
                }
            }
        }
        System.out.println(lines);
        System.out.println(sum);
    }
}
