# A megabyte on one stream and a little on the other, in pieces of odd sizes.
import sys
n = 0
for i in range(1, 400):
    sys.stdout.write("%d:" % i + "x" * (i * 13 % 9000) + "\n")
    if i % 50 == 0:
        print("progress", i, file=sys.stderr)
sys.stdout.flush()
sys.stdout.buffer.write(bytes(range(256)) * 300)
sys.stdout.write("y" * 8191)
sys.stdout.write("z" * 8193)
