# Descriptor 1 closed under the buffer: flush fails at the end, status 120.
import os
import sys
print("in the buffer")
os.close(1)
sys.stderr.write("closed\n")
