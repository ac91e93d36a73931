# Runs a command and prints its output.
output <- system2("echo", "child", stdout = TRUE)
cat(output, sep = "\n")
