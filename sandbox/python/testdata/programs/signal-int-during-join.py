# The interrupt arrives while the interpreter waits for a thread at its end.
import os
import signal
import threading
import time


def worker():
    threading.main_thread().join()
    time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    print("worker ends", flush=True)


threading.Thread(target=worker).start()
print("main ends")
