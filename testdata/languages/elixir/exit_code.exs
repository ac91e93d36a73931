# Ends with an exit code of its own.
System.halt(3)
