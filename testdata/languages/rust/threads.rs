// Four threads share a sum.
use std::thread;

fn main() {
    const EACH: u64 = 250_000;
    let threads: Vec<_> = (0..4)
        .map(|part| thread::spawn(move || (part * EACH + 1..=(part + 1) * EACH).sum::<u64>()))
        .collect();
    let sum: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    println!("{sum}");
}
