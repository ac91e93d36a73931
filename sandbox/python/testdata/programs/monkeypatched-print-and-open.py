# Builtins replaced: what the interpreter itself still calls.
import builtins
import sys
rp = builtins.print
builtins.print = lambda *a, **k: rp("P", *a, **k)
builtins.open = lambda *a, **k: rp("opened", a) or 1 / 0
builtins.repr = None
builtins.Exception = ValueError
print("hello")
import helper
try:
    raise KeyError("k")
except KeyError as e:
    print(e)
builtins.len = lambda x: 42
print(len([]))
del builtins.print


class D:
    def __del__(self):
        print("which print?")


d = D()


def f():
    undefined


f()
