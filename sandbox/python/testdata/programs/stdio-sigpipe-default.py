# The default action for SIGPIPE kills at the flush at exit.
import os
import signal
import sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
r, w = os.pipe()
os.close(r)
print("before", flush=True)
os.dup2(w, 1)
print("boom")
sys.stderr.write("end\n")
