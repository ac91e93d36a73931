# A condition, barrier, semaphore and a broken barrier's text; a lock held at exit.
import threading
b = threading.Barrier(2)
out = []


def f():
    try:
        b.wait()
    except threading.BrokenBarrierError as e:
        out.append(repr(e))


t = threading.Thread(target=f)
t.start()
while not b.n_waiting:
    pass
b.abort()
t.join()
print(out)
s = threading.BoundedSemaphore(1)
try:
    s.release()
except ValueError as e:
    print(e)
try:
    threading.Lock().release()
except RuntimeError as e:
    print(e)
c = threading.Condition()
try:
    c.notify()
except RuntimeError as e:
    print(e)
held = threading.Lock()
held.acquire()
_rl = threading.RLock()
_rl.acquire()
