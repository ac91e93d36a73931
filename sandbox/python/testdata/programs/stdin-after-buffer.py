# The binary layer read first, then the text layer, then the descriptor.
import os
import sys
print(sys.stdin.buffer.read(5))
print(sys.stdin.buffer.readline())
print(repr(sys.stdin.readline()))
print(sys.stdin.buffer.raw.read(10))
print(os.read(0, 10))
print(repr(sys.stdin.read()))
sys.stdin.close()
try:
    sys.stdin.read()
except ValueError as e:
    print(e)
print(sys.__stdin__.closed)
