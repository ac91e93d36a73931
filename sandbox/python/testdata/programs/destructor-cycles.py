# Cycles alive at the end, with destructors, and with the collector off.
import gc
import sys


class N:
    def __init__(self, n):
        self.n = n
        self.me = self

    def __del__(self):
        print("del", self.n, sys.is_finalizing() if sys else "no sys")


a = N("global cycle")
b = N("b")
b.other = N("b.other")
b.other.back = b
N("garbage at once")
gc.disable()
N("garbage, collector off")
f = lambda: f
f.n = N("function cycle")


class C:
    n = N("class attribute cycle")


C.n.c = C
print("end")
