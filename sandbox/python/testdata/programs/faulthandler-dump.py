# dump_traceback at several places, to stderr and to a file; register on a signal.
import faulthandler
import signal
import sys
import os


def f(n):
    if n:
        return f(n - 1)
    faulthandler.dump_traceback(all_threads=False)


faulthandler.dump_traceback(all_threads=False)
f(2)
with open("dump", "w+b") as h:
    faulthandler.dump_traceback(h, all_threads=False)
    h.seek(0)
    print(h.read().decode())
faulthandler.register(signal.SIGUSR1, all_threads=False, chain=False)
os.kill(os.getpid(), signal.SIGUSR1)
exec("f(0)")
print(faulthandler.unregister(signal.SIGUSR1), faulthandler.is_enabled())
faulthandler.enable()
print(faulthandler.is_enabled())
faulthandler.disable()
f(120)
