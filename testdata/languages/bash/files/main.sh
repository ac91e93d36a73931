# Reads a function from the file beside it.
source ./util.sh

answer
