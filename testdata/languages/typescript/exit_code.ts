// Ends with an exit code of its own choice.
enum ExitCode {
  Fine,
  Warning,
  Bad = 3,
}

process.exit(ExitCode.Bad);
