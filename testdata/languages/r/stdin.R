# Reads numbers from standard input: prints how many lines there were, and their sum.
input <- readLines(file("stdin"), warn = FALSE)
numbers <- as.integer(unlist(strsplit(trimws(input), "[[:space:]]+")))
cat(length(input), "\n", sep = "")
cat(sum(numbers), "\n", sep = "")
