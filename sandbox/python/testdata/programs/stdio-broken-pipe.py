# Writing to a pipe without reader: BrokenPipeError, and at exit.
import os
import sys
import signal
r, w = os.pipe()
os.close(r)
try:
    os.write(w, b"x")
except BrokenPipeError as e:
    sys.stderr.write(f"{e} {signal.getsignal(signal.SIGPIPE)!r}\n")
print("direct", flush=True)
os.dup2(w, 1)
print("into the broken pipe")
