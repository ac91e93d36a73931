# print_stack at module level, in functions, classes, threads, destructors, signal handlers and atexit.
import atexit
import os
import signal
import sys
import traceback
import threading


def show(where):
    print("--", where)
    traceback.print_stack(file=sys.stdout)
    print("==", len(traceback.extract_stack()), [f.name for f in traceback.extract_stack()])


traceback.print_stack()
show("module")
exec("show('exec')")


class A:
    show("class")

    def __del__(self):
        show("del")


A()
signal.signal(signal.SIGUSR1, lambda s, f: (show("signal"), print(f.f_code.co_name, f.f_back)))
os.kill(os.getpid(), signal.SIGUSR1)
list(map(show, ["map"]))
atexit.register(show, "atexit")
keep = A()
