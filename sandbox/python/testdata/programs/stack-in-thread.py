# The frames of threads, timers and executors.
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor


def names():
    print([(f.name, f.filename.rpartition("/")[2]) for f in traceback.extract_stack()])
    f = sys._getframe()
    n = 0
    while f:
        last = f
        f = f.f_back
        n += 1
    print(n, last.f_code.co_name)


for _ in range(2):
    t = threading.Thread(target=names)
    t.start()
    t.join()
t = threading.Timer(0.01, names)
t.start()
t.join()
with ThreadPoolExecutor(1) as e:
    e.submit(names).result()
import _thread
lock = threading.Lock()
lock.acquire()
_thread.start_new_thread(lambda: (names(), lock.release()), ())
lock.acquire()
print(sorted(len(list(traceback.walk_stack(f))) for f in sys._current_frames().values())[-1:])
