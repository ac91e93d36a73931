# A function registered with C's own exit machinery, which touches no Python.
import ctypes
libc = ctypes.CDLL(None)
print("program")
pid = libc.fork()
if pid == 0:
    libc.puts(b"child")
    libc.fflush(None)
    libc._exit(3)
libc.wait(None)
libc.exit.restype = None
print("lost?")
libc.exit(6)
