# Names of the main module changed before the end: __name__, __file__, __builtins__ deleted.
import sys
print(__file__)
__name__ = "renamed"


class A:
    def __repr__(self):
        return "A"


def f():
    raise LookupError(A.__module__)


print(A.__module__, f.__module__)
__file__ = "/nonexistent/other.py"
import warnings
warnings.warn("place")
del __builtins__
print(len("x"))
import helper
print(eval("1 + 1"), "__builtins__" in globals())
f()
