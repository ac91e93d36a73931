// Counts the characters of a line.
use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("a line");
    let line = line.trim_end();
    println!("{}", line.chars().count());
    println!("{line}");
}
