# Work still queued in an executor at exit is done first.
import atexit
import threading
import time
from concurrent.futures import ThreadPoolExecutor
atexit.register(print, "atexit")
ex = ThreadPoolExecutor(max_workers=1, thread_name_prefix="")


def work(n):
    time.sleep(0.02)
    print("work", n, threading.current_thread().name)
    if n == 2:
        try:
            ex.submit(work, 9)
        except RuntimeError as e:
            print(e)


threading.main_thread()
for i in range(4):
    f = ex.submit(work, i)
f.add_done_callback(lambda f: print("last done", f.done()))
bad = ex.submit(lambda: 1 / 0)
print("end", flush=True)
