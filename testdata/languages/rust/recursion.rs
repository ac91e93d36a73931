// Calls itself without end; the result of the inner call is needed.
fn deep(n: u64) -> u64 {
    n % 10 + deep(n + 1) % 1000
}

fn main() {
    println!("{}", deep(1));
}
