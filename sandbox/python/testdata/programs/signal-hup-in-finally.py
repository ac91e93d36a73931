# Death by a signal runs neither finally blocks nor exit functions.
import atexit
import os
import signal
atexit.register(os.write, 1, b"never\n")
try:
    os.kill(os.getpid(), signal.SIGHUP)
    print("not reached")
finally:
    os.write(1, b"never\n")
