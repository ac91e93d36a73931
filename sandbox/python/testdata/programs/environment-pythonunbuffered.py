# Unbuffered streams.
import os
import sys
print(sys.stdout.write_through, sys.stdout.line_buffering, sys.stderr.write_through, type(sys.stdout.buffer).__name__, sys.flags.unbuffered if hasattr(sys.flags, "unbuffered") else "")
sys.stdout.write("partial ")
os.write(1, b"direct\n")
sys.stdout.buffer.write(b"binary ")
os.write(1, b"direct\n")
print(type(sys.stdin.buffer).__name__, sys.stdin.readline())
sys.stdout.write("kept even so")
os._exit(0)
