# Reads integers from standard input and prints the number of lines and the sum.
lines=0
sum=0
while read -ra numbers || ((${#numbers[@]})); do
  lines=$((lines + 1))
  for number in "${numbers[@]}"; do
    sum=$((sum + number))
  done
done
echo "$lines"
echo "$sum"
