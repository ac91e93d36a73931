# The same with sys.exit: frames are released when?
import sys
import atexit


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def f():
    a = D("f.a")
    g(a)


def g(p):
    b = D("g.b")
    sys.exit(D("exit code object") and 3)


d = D("global")
atexit.register(print, "atexit")
f()
