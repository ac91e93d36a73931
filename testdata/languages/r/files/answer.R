# The other file of a program of two files.
compute <- function(a, b) {
  a * b
}
