# An error that nobody catches; want stderr: Error in check\(-1\) : boom
check <- function(value) {
  if (value < 0) {
    stop("boom")
  }
  value
}

print(check(-1))
