# A file object that owns descriptor 1 closes it.
import os
import sys
print("buffered in sys.stdout")
f = os.fdopen(1, "w")
f.write("by f\n")
f.close()
sys.stderr.write("end\n")
