# alarm and setitimer interrupting sleep and select; an uncaught alarm kills.
import select
import signal
import time


class Timeout(Exception):
    pass


def h(n, f):
    raise Timeout(n)


signal.signal(signal.SIGALRM, h)
for f in lambda: time.sleep(10), lambda: select.select([], [], [], 10), lambda: exec("while True: pass"), lambda: __import__("threading").Event().wait(10):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        f()
    except Timeout as e:
        print("timeout", e)
print(signal.setitimer(signal.ITIMER_REAL, 100)[0] == 0, signal.alarm(0) > 90)
signal.signal(signal.SIGALRM, signal.SIG_DFL)
print("last", flush=True)
signal.setitimer(signal.ITIMER_REAL, 0.02)
time.sleep(10)
