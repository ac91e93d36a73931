# Fork with threads: what the child sees of them.
import os
import sys
import threading
import warnings
ev = threading.Event()
ts = [threading.Thread(target=ev.wait, name=f"w{i}") for i in range(3)]
for t in ts:
    t.start()
print(threading.active_count(), flush=True)
pid = os.fork()
if pid == 0:
    print([t.name for t in threading.enumerate()], [t.is_alive() for t in ts], threading.current_thread() is threading.main_thread())
    sys.exit(5)
print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)


def from_thread():
    pid = os.fork()
    if pid == 0:
        m = threading.main_thread()
        print(m.name, type(m).__name__, m is threading.current_thread(), m.ident == threading.get_ident())
        sys.stdout.flush()
        raise SystemExit(6)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


t = threading.Thread(target=from_thread, name="forker")
t.start()
t.join()
ev.set()
