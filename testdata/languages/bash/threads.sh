# Four background jobs add up a quarter of the numbers each.
count=1000000
jobs=4

add() {
  local size=$((count / jobs)) sum=0
  local number=$(($1 * size)) last=$((($1 + 1) * size))
  while ((number < last)); do
    ((sum += ++number))
  done
  echo "$sum"
}

for ((part = 0; part < jobs; part++)); do
  add "$part" >"sum.$part" &
done
wait

total=0
for ((part = 0; part < jobs; part++)); do
  ((total += $(<"sum.$part")))
done
echo "$total"
