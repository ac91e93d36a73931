# Writes a file to the current directory.
writeLines("written", "out.txt")
