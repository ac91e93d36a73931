# weakref.finalize with and without atexit, their order among exit functions and destructors.
import atexit
import weakref
import sys


class A:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


objs = [A(i) for i in range(3)]
atexit.register(print, "before finalizers were registered")
fins = [weakref.finalize(o, print, "finalize", o.n) for o in objs]
fins[1].atexit = False
atexit.register(print, "after finalizers were registered")
print([f.alive for f in fins], fins[0].peek()[2])
del objs[0]
print(fins[0].alive)


@atexit.register
def more():
    weakref.finalize(objs[0], lambda: print("registered at exit", sys.is_finalizing()))
    weakref.finalize(more, bad)


def bad():
    raise ValueError("shown how?")
