# stdout becomes /dev/full: the failed flush at the end gives 120.
import os
import sys
print("first", flush=True)
fd = os.open("/dev/full", os.O_WRONLY)
os.dup2(fd, 1)
print("does not fit")
sys.stderr.write("end\n")
