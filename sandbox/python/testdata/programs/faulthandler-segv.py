# faulthandler's stack for SIGSEGV.
import faulthandler
import signal
import sys
print(faulthandler.is_enabled(), flush=True)
faulthandler.enable(all_threads=False)


def inner():
    signal.raise_signal(signal.SIGSEGV)


def outer():
    return [inner() for _ in range(1)]


print("lost")
outer()
