# Objects in thread locals, context variables and running frames.
import contextvars
import sys
import threading


class D:
    def __init__(self, n, w=sys.stdout.write):
        self.n = n
        self.w = w

    def __del__(self):
        self.w("del %s\n" % self.n)


loc = threading.local()
loc.x = D("main's local")
var = contextvars.ContextVar("var", default=D("context default"))
var.set(D("context value"))


def f():
    loc.x = D("thread's local")
    here = D("thread's frame")
    print("thread ends")


t = threading.Thread(target=f)
t.start()
t.join()
print("after thread")
threading.current_thread().mine = D("attribute of the main thread object")
t.arg = D("attribute of ended thread")
print("end")
