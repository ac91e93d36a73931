# The other file of a program of two files.
function compute(a, b) {
    return a * b
}
