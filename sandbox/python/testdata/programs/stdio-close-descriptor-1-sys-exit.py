import os
import sys
print("in the buffer")
os.close(1)
sys.exit(5)
