# Nothing in the buffer: no error at the end.
import os
import sys
print("flushed", flush=True)
os.close(1)
sys.stderr.write("end\n")
