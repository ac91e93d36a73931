# Handlers: arguments, frames, errors raised in them, nested signals, restored values.
import os
import signal
import sys


def h(n, f):
    print("handler", n, f.f_code.co_name, f.f_lineno > 0, signal.Signals(n).name)


print(signal.signal(signal.SIGUSR1, h))
print(signal.signal(signal.SIGUSR1, h) is h)
signal.raise_signal(signal.SIGUSR1)


def f():
    os.kill(os.getpid(), signal.SIGUSR1)


f()


def bad(n, f):
    raise LookupError("from the handler")


signal.signal(signal.SIGUSR2, bad)
try:
    signal.raise_signal(signal.SIGUSR2)
except LookupError as e:
    print(e, e.__traceback__.tb_next.tb_frame.f_code.co_name)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
signal.raise_signal(signal.SIGUSR1)
print("blocked", signal.sigpending())
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
print("unblocked")
signal.siginterrupt(signal.SIGUSR1, False)
for a in (signal.SIGKILL, h), (0, h), (65, h), (signal.SIGUSR1, 5):
    try:
        signal.signal(*a)
    except (OSError, ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(signal.strsignal(11), signal.Signals(15)._name_, signal.SIGRTMIN, signal.NSIG)
signal.signal(signal.SIGTERM, lambda n, f: sys.exit(n + 100))
signal.raise_signal(signal.SIGTERM)
