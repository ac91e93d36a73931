# Data in C's own buffer is written by exit() but not by _exit.
import ctypes
import os
import sys
libc = ctypes.CDLL(None)
libc.puts(b"C buffer 1")
print("python buffer 1")
libc.puts(b"C buffer 2")
print("python buffer 2")
if len(sys.argv) > 1:
    os._exit(3)
sys.exit(4)
