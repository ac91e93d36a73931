// Runs another program and prints what it said.
import java.io.BufferedReader;
import java.io.IOException;

public class Main {
    public static void main(String[] args) throws IOException {
        Process process = new ProcessBuilder("echo", "child").start();
        try (BufferedReader reader = process.inputReader()) {
            System.out.println(reader.readLine());
        }
    }
}
