# Counts the characters, not the bytes, of a line.
read -r line
echo "${#line}"
echo "$line"
