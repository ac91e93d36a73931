# A recursion that never comes to its end.
depth() {
  depth $(($1 + 1))
  result=$((result + 1))
}

depth 0
echo "$result"
