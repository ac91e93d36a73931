# sys.stdout is an object whose flush fails at the end.
import sys


class Out:
    def __init__(self, o):
        self.o = o

    def write(self, s):
        self.o.write(s.upper())

    def flush(self):
        raise OSError("flush refused")

    def __repr__(self):
        return "<Out>"


sys.stdout = Out(sys.stdout)
print("hello")
