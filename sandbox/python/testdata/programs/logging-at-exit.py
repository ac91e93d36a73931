# Handlers flushed at the end; a logger used in atexit, after its stream closed, in a thread that outlives main.
import atexit
import logging
import logging.handlers
import sys
import threading
import time
h = logging.StreamHandler(sys.stdout)
mem = logging.handlers.MemoryHandler(100, target=h)
log = logging.getLogger("mem")
log.addHandler(mem)
log.propagate = False
log.warning("kept in memory")
fh = logging.FileHandler("log.txt")
log.addHandler(fh)
atexit.register(log.warning, "from atexit")
atexit.register(print, "atexit print")


def late():
    threading.main_thread().join()
    log.warning("from a late thread")


threading.Thread(target=late).start()
print("main ends")
