import atexit
import logging
import weakref


class A:
    pass


a = A()
weakref.finalize(a, print, "finalizer")
atexit.register(print, "lost")
atexit._clear()
print(atexit._ncallbacks())
atexit.register(print, "kept")
weakref.finalize(a, print, "second finalizer")
logging.warning("w")
