-- Ends with an exit code of its own.
os.exit(3)
