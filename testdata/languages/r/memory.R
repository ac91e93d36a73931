# Keeps 1 GiB of numbers, in pieces of 4 MiB.
pieces <- list()
for (i in 1:256) {
  pieces[[i]] <- rep(as.double(i), 4 * 1024 * 1024 / 8)
}
cat("done\n")
