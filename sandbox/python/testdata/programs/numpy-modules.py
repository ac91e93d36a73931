# What importing numpy adds to sys.modules, in order; its exit functions; its threads.
import atexit
import sys
import threading
before = list(sys.modules)
n = atexit._ncallbacks()
import numpy
print([m for m in sys.modules if m not in before])
print(atexit._ncallbacks() - n, threading.active_count(), numpy.__file__, numpy.__spec__.name, list(vars(numpy))[:20])
print(hasattr(numpy, "testing"), hasattr(numpy, "f2py"), numpy.random.mtrand._rand is not None)
