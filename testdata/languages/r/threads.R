# Four processes compute a sum together (R's usual way of working in parallel).
library(parallel)

part <- function(k) {
  sum(as.numeric(((k - 1) * 250000 + 1):(k * 250000)))
}

parts <- mclapply(1:4, part, mc.cores = 4)
cat(format(sum(unlist(parts)), scientific = FALSE), "\n", sep = "")
