# All three closed at the Python level, then an exit function and a message.
import atexit
import sys
atexit.register(print, "late")
for s in sys.stdin, sys.stdout, sys.stderr:
    s.close()
sys.exit("message")
