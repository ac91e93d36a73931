import sys
print("too big for C")
sys.exit(2 ** 80 + 7)
