# Non-daemon threads print after the main thread has finished; the exit status stays.
import sys
import threading
import time


def worker(n, e):
    e.wait()
    time.sleep(0.05)
    print("worker", n, threading.main_thread().is_alive(), threading.current_thread().name, flush=True)
    if n:
        t = threading.Thread(target=worker, args=(n - 1, e))
        t.start()


e = threading.Event()
threading.Thread(target=worker, args=(3, e)).start()
print("main ends")
e.set()
sys.exit(3)
