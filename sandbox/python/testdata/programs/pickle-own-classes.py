# Classes, functions and instances of the main module through pickle, copy and copyreg.
import copy
import copyreg
import pickle
import sys


class A:
    def __init__(self, x):
        self.x = x

    def __eq__(self, o):
        return type(o) is type(self) and o.x == self.x


class B(A):
    class Inner:
        pass

    __slots__ = ()

    def __reduce__(self):
        return B, (self.x,)


def f():
    pass


for p in range(pickle.HIGHEST_PROTOCOL + 1):
    for o in A(1), B(2), f, A, B, ValueError("v"), ...:
        s = pickle.dumps(o, p)
        r = pickle.loads(s)
        print(p, len(s), b"__main__" in s, r == o or type(r) is type(o))
print(pickle.dumps(A(1), 0))
print(pickle.loads(pickle.dumps(B.Inner)) is B.Inner)
for o in lambda: 0, (x for x in ()), sys, f.__code__:
    try:
        pickle.dumps(o)
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
copyreg.pickle(A, lambda a: (A, (a.x * 2,)))
print(pickle.loads(pickle.dumps(A(4))).x, copy.copy(A(4)).x, copy.deepcopy([A(4)])[0].x)
g = A
del A
try:
    pickle.dumps(g(1))
except pickle.PicklingError as e:
    print(e)
print(len(copyreg.dispatch_table), sorted(c.__name__ for c in copyreg.dispatch_table))
pickle.loads(b"c__main__\nnope\n.")
