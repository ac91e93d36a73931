# What a signal's handler raises during an import arrives.
import os
import signal


class Late(Exception):
    pass


def late(*a):
    raise Late


lost = 0
for n in range(12):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, late)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0001 * (n + 1))
            import random, json, dataclasses
            for i in range(10 ** 9):
                pass
        except Late:
            os._exit(0)
        os._exit(1)
    lost += os.waitpid(pid, 0)[1] != 0
print("lost", lost)
