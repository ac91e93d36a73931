# Reads integers from standard input and prints the number of lines and the sum.
import sys

lines = 0
total = 0
for line in sys.stdin:
    lines += 1
    total += sum(int(word) for word in line.split())
print(lines)
print(total)
