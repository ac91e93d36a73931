// Runs a command and prints what it says.
use std::process::Command;

fn main() {
    let output = Command::new("echo").arg("child").output().expect("echo");
    print!("{}", String::from_utf8_lossy(&output.stdout));
}
