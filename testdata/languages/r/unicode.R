# Counts the characters (not the bytes) of a line.
line <- readLines(file("stdin"), n = 1)
cat(nchar(line), "\n", sep = "")
cat(line, "\n", sep = "")
