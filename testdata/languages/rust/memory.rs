// Takes a gigabyte in pieces, and keeps them all.
fn main() {
    let mut pieces = Vec::new();
    for i in 0..256u32 {
        pieces.push(vec![i + 1; 1 << 20]);
    }
    println!("done");
    println!("{}", pieces.iter().map(|p| p[1000]).sum::<u32>());
}
