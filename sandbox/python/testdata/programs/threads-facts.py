# Facts on the main thread and the names of new ones.
import _thread
import os
import sys
import threading
m = threading.main_thread()
print(m.name, m.ident == threading.get_ident(), m.daemon, m.native_id == os.getpid(), m is threading.current_thread())
print(type(m).__name__, [t.name for t in threading.enumerate()], threading.active_count(), len(threading._shutdown_locks))
print(m.is_alive(), m._started.is_set(), m._is_stopped, threading._main_thread is m, len(threading._active), threading._limbo, len(threading._dangling))
for i in range(3):
    t = threading.Thread(target=print, args=("in", i))
    print(t.name, t.ident, t.daemon)
    t.start()
    t.join()
    print(t.is_alive(), t.ident is not None)
print(threading.Thread(daemon=True).name, threading.Thread(target=lambda: 0).name, threading.Thread(name="x").name)
print(threading.stack_size(), threading.TIMEOUT_MAX, sys.thread_info, sys.getswitchinterval())
print(_thread._count(), threading.gettrace(), threading.getprofile(), threading.settrace.__name__)
_thread.start_new_thread(lambda: (print(threading.current_thread().name, type(threading.current_thread()).__name__, threading.current_thread().daemon), ev.set()), ()) if (ev := threading.Event()) else 0
ev.wait()
try:
    m.join()
except RuntimeError as e:
    print(e)
try:
    m.daemon = True
except RuntimeError as e:
    print(e)
lock = threading.RLock()
print(repr(lock).split(" owner")[0].split()[0], threading.Lock().locked())
sys.setswitchinterval(0.001)
print(sys.getswitchinterval())
