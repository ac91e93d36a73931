# Warnings given by destructors and exit functions, and resources left open at the end.
import atexit
import socket
import subprocess
import sys
import tempfile
import warnings
warnings.simplefilter("always")
atexit.register(warnings.warn, "in atexit")


class D:
    def __del__(self):
        try:
            warnings.warn("in destructor")
        except BaseException as e:
            print(type(e).__name__, e)


d = D()
a, b = socket.socketpair()
b.close()
t = tempfile.TemporaryDirectory()
t.name_is = None
f = open("f", "w")
print("end")
sys.stdout.flush()
a.close()
t.cleanup()
