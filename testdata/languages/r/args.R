# Prints each command line argument on a line of its own.
for (argument in commandArgs(trailingOnly = TRUE)) {
  cat(argument, "\n", sep = "")
}
