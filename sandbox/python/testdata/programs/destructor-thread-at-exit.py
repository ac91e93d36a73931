# Starting a thread from a destructor when the interpreter is ending.
import sys
import threading


class T:
    def __del__(self, threading=threading, print=print):
        try:
            t = threading.Thread(target=print, args=("ran",))
            print("about to start", sys.is_finalizing())
        except BaseException as e:
            print(type(e).__name__, e)


t = T()
lock = threading.Lock()


class L:
    def __del__(self, lock=lock):
        with lock:
            print("lock taken")


held = L()
print("end")
