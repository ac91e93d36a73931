# A recursion without an end, whose result is needed.
depth <- function(n) {
  1 + depth(n + 1)
}

print(depth(0))
