// Computes for ever.
fn main() {
    let mut x = 1u64;
    loop {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        if x == 0 {
            println!("a zero");
        }
    }
}
