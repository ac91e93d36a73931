// Ends with an exit code of its own choice.
process.exit(3);
