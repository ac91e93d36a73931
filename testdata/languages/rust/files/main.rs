// A program of two files: the other one is a module.
mod answer;

fn main() {
    println!("{}", answer::answer());
}
