# Errors in exit functions: all are run, each printed, the status stays.
import atexit
import sys


class Named:
    def __init__(self, f):
        self.f = f

    def __call__(self):
        self.f()

    def __repr__(self):
        return "<named>"


atexit.register(print, "first registered")
atexit.register(Named(lambda: 1 / 0))
atexit.register(Named(lambda: {}["k"]))
atexit.register(Named(lambda: sys.stdout.write("between\n")))
atexit.register(Named(lambda: [].pop()))
sys.exit(6)
