import os
import sys
os.close(0)
for f in input, sys.stdin.read, sys.stdin.fileno, sys.stdin.close:
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
f = open("new", "w")
print(f.fileno())
