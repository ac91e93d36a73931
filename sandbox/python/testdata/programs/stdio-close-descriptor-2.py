import os
import sys
print("out")
os.close(2)
try:
    sys.stderr.write("x")
    sys.stderr.flush()
except OSError as e:
    print(e)
raise ValueError("unseen")
