# os._exit in an exit function sets the status; stdout is lost unless flushed.
import atexit
import os
import sys
atexit.register(print, "never")
atexit.register(os._exit, 9)
atexit.register(sys.stdout.flush)
print("flushed by the exit function")
raise ValueError("shown first")
