# Keeps more and more memory: 1 GiB in pieces of 8 MiB.
printf -v piece '%*s' $((8 << 20)) ''
pieces=()
for ((i = 0; i < 128; i++)); do
  pieces+=("$piece")
done
echo done
