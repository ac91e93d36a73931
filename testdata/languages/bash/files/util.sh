# The functions that main.sh uses.
answer() {
  echo $((6 * 7))
}
