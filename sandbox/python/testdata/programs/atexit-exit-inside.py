# sys.exit inside an exit function.
import atexit
import sys
atexit.register(lambda: print("still run"))


class Ex:
    def __init__(self, c):
        self.c = c

    def __call__(self):
        print("exiting", self.c)
        sys.exit(self.c)

    def __repr__(self):
        return "<Ex>"


atexit.register(Ex(7))
atexit.register(Ex("string"))
atexit.register(Ex(None))
sys.exit(2)
