// Keeps more and more memory: 1 GiB in pieces of 8 MiB.
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

public class Main {
    public static void main(String[] args) {
        List<byte[]> pieces = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            byte[] piece = new byte[8 << 20];
            Arrays.fill(piece, (byte) 1);
            pieces.add(piece);
        }
        System.out.println("done");
    }
}
