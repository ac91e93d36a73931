# Prints its arguments, each on a line.
for arg in "$@"; do
  printf '%s\n' "$arg"
done
