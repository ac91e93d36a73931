// Writes a file to the current directory.
use std::fs;

fn main() {
    fs::write("out.txt", "written\n").expect("out.txt");
}
