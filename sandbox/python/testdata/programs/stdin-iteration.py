# Several ways of reading stdin, mixed.
import sys
print(repr(sys.stdin.readline()))
print(repr(sys.stdin.read(3)))
print(repr(input()))
print(repr(next(sys.stdin)))
try:
    sys.stdin.tell()
except OSError as e:
    print(e)
print(sys.stdin.buffer.peek(1)[:5])
for line in sys.stdin:
    print(repr(line))
    break
print(repr(sys.stdin.readlines(4)))
print(repr(sys.stdin.buffer.read()))
print(repr(sys.stdin.read()), sys.stdin.newlines)
