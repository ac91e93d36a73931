# The error met earlier by an explicit flush, uncaught.
import atexit
import os
import sys
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
atexit.register(lambda: sys.stderr.write("atexit\n"))
try:
    print("x", flush=True)
except OSError as e:
    sys.stderr.write(f"{e}\n")
print("again", flush=True)
