// Ends with an exit code of its own.
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(3)
}
