# Keeps more and more memory: 1 GiB in pieces of 8 MiB.
pieces = []
for i in range(128):
    pieces.append(bytearray([i]) * (8 << 20))
print("done")
