# Queue, Pipe, Value, Array, Lock, Event, Manager-free sharing under fork.
import multiprocessing as mp


class Own(Exception):
    def __init__(self, a):
        super().__init__(a)


def child(q, c, v, a, lock, ev):
    ev.wait()
    for _ in range(100):
        with lock:
            v.value += 1
    a[0] = 1.5
    c.send({"k": [1, 2], "e": Own("x")})
    print(repr(c.recv()), flush=True)
    q.put("é" * 3)
    q.put(None)
    c.close()


q = mp.Queue()
a, b = mp.Pipe()
v = mp.Value("i", 5)
arr = mp.Array("d", 3)
lock = mp.Lock()
ev = mp.Event()
ps = [mp.Process(target=child, args=(q, b, v, arr, lock, ev))]
for p in ps:
    p.start()
ev.set()
got = a.recv()
print(got["k"], repr(got["e"]), got["e"].__class__ is Own, flush=True)
a.send(b"bytes")
print(q.get(), q.get())
for p in ps:
    p.join()
b.close()
try:
    a.recv()
except EOFError:
    print("EOF")
print(v.value, arr[:], p.exitcode, p.name)
sem = mp.BoundedSemaphore(2)
print(repr(lock), repr(sem), repr(v.get_lock())[:20])
