// Panics.
// want stderr: thread 'main' .*panicked at (.*\n)?.*main\.rs:5:9
fn main() {
    if std::env::args().count() != 1000 {
        panic!("boom");
    }
    println!("not reached");
}
