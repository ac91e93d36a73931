# Uses a variable that must be set, and is not.
# want stderr: main\.sh: line 5: name: boom\n
greet() {
  local name=$1
  echo "hello, ${name:?boom}"
}

greet
echo "not reached"
