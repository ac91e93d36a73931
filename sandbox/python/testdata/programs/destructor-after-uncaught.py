# Local objects of failing frames live in sys.last_traceback until the end.
import sys


class D:
    def __init__(self, n, w=sys.stdout.write):
        self.n = n
        self.w = w

    def __del__(self):
        self.w("del %s\n" % self.n)


def f():
    a = D("f.a")
    g(a)


def g(p):
    b = D("g.b")
    [D("in list"), 1 / 0]


class E(Exception):
    def __del__(self, w=sys.stdout.write):
        w("exception deleted\n")


d = D("global")
try:
    f()
except ZeroDivisionError as z:
    raise E("e") from z
