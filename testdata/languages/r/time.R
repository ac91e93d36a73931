# Computes for ever.
n <- 0
while (TRUE) {
  n <- (n * 31 + 7) %% 1000003
}
