# Processes by fork: names, exit codes, errors, arguments.
import multiprocessing as mp
import os
import sys


def f(x):
    print("child", x, mp.current_process().name, mp.parent_process().name, __name__, flush=True)
    if x == 1:
        sys.exit(7)
    if x == 2:
        raise ValueError("in child")
    if x == 3:
        os._exit(9)
    if x == 4:
        sys.exit("message")


print(mp.get_start_method(), mp.current_process().name, mp.parent_process(), mp.active_children(), len(mp.current_process().authkey))
sys.stdout.flush()
for i in range(5):
    p = mp.Process(target=f, args=(i,))
    p.start()
    p.join()
    print(p.name, p.exitcode, p.is_alive(), flush=True)
p = mp.Process(target=f, args=(5,), name="named", daemon=True)
print(repr(p).split()[1:2], p.daemon)
p.start()
p.join()
t = mp.Process(target=__import__("time").sleep, args=(30,))
t.start()
t.terminate()
t.join()
print(t.exitcode, t.name)
