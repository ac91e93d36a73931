# stderr closed: warnings, exit functions and a status message go nowhere.
import atexit
import sys
import warnings
print("before")
sys.stderr.close()
atexit.register(print, "atexit")
try:
    print("x", file=sys.stderr)
except ValueError as e:
    print(e)
sys.exit(4)
