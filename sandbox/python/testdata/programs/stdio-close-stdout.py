# Closed sys.stdout: nothing at the end, status zero.
import sys
print("before")
sys.stdout.close()
try:
    print("after")
except ValueError as e:
    sys.stderr.write(str(e) + "\n")
sys.__stdout__ = None
