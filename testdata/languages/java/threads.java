// Four threads add up a quarter of the numbers each.
public class Main {
    static final int COUNT = 1_000_000;
    static final int THREADS = 4;

    public static void main(String[] args) throws InterruptedException {
        long[] sums = new long[THREADS];
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            int part = i;
            threads[i] = new Thread(() -> sums[part] = add(part));
            threads[i].start();
        }
        long sum = 0;
        for (int i = 0; i < THREADS; i++) {
            threads[i].join();
            sum += sums[i];
        }
        System.out.println(sum);
    }

    static long add(int part) {
        int size = COUNT / THREADS;
        long sum = 0;
        for (int number = part * size + 1; number <= (part + 1) * size; number++) {
            sum += number;
        }
        return sum;
    }
}
