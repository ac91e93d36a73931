// Reads standard input by lines and adds up the integers in it.
use std::io;

fn main() {
    let mut lines = 0;
    let mut sum = 0;
    for line in io::stdin().lines() {
        lines += 1;
        for word in line.expect("a line").split_whitespace() {
            sum += word.parse::<i64>().expect("an integer");
        }
    }
    println!("{lines}");
    println!("{sum}");
}
