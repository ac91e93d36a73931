# Buffered print with direct writes to the descriptor, on both streams.
import os
import sys
print("one")
os.write(1, b"two (direct)\n")
print("three", flush=True)
os.write(1, b"four (direct)\n")
sys.stdout.buffer.write(b"five (binary)\n")
print("six")
os.write(2, b"e1 (direct)\n")
sys.stderr.write("e2 no newline;")
os.write(2, b"e3 (direct);")
print("e4", file=sys.stderr)
sys.stderr.buffer.write(b"e5 binary;")
os.write(2, b"e6 direct;")
sys.stdout.buffer.raw.write(b"raw\n")
sys.stdout.write("no newline at the end")
