# Prints a greeting.
cat("hello\n")
