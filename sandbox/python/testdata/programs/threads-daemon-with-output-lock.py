# A daemon thread that prints nothing but holds objects whose destructors would print.
import threading


class D:
    def __del__(self):
        print("del")


def f(ev):
    d = D()
    ev.set()
    threading.Event().wait()


ev = threading.Event()
threading.Thread(target=f, args=(ev,), daemon=True).start()
ev.wait()
g = D()
print("end")
