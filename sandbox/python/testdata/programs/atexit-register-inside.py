# Registering while the exit functions run.
import atexit
import sys


def outer(n):
    print("outer", n)
    if n:
        atexit.register(outer, n - 1)
        atexit.register(lambda: print("inner of", n))


atexit.register(print, "the end")
atexit.register(outer, 3)
atexit.register(lambda: atexit.unregister(print))
atexit.register(print, "a print")
sys.stdout.write("start\n")
