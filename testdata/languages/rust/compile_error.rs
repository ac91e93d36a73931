// Uses a value after it was moved.
// want compile: error\[E0382\]: borrow of moved value: `word`\n --> .*main\.rs:6:
fn main() {
    let word = String::from("hello");
    let other = word;
    println!("{word} {other}");
}
