import sys


class D:
    def __del__(self, w=sys.stdout.write):
        w("destroyed\n")


d = D()
del sys.modules["__main__"]
print(__name__)
try:
    import __main__
    print(__main__.__file__)
except ImportError as e:
    print(e)
import pickle


def f():
    pass


try:
    pickle.dumps(f)
except Exception as e:
    print(type(e).__name__, str(e).split(" at 0x")[0].split("0x")[0])
