# Computes for ever.
number=1
while true; do
  number=$((number * 48271 % 2147483647))
done
