# SIGINT gives KeyboardInterrupt; uncaught, the process dies of SIGINT after the exit functions.
import atexit
import os
import signal
import sys


class D:
    def __del__(self):
        print("destroyed")


d = D()
atexit.register(print, "atexit")
print("buffered")


def f():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        for i in range(1000000):
            pass
    finally:
        print("finally")


f()
