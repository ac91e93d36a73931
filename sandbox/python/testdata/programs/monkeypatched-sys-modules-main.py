# The main module replaced or deleted in sys.modules before the end.
import atexit
import sys
import types


class D:
    def __del__(self, w=sys.stdout.write):
        w("destroyed\n")


d = D()
main = sys.modules["__main__"]
sys.modules["__main__"] = types.ModuleType("other")
sys.modules["__main__"].d = d
atexit.register(lambda: print("atexit", d is not None, __name__))
import __main__
print(__main__.__name__, main.__name__)
raise ValueError("from the replaced main")
