# A subclass of KeyboardInterrupt, and an excepthook for it.
import atexit
import sys


class K(KeyboardInterrupt):
    pass


sys.excepthook = lambda t, v, tb: print("hook", t.__name__, v)
atexit.register(print, "atexit")
raise K("mine")
