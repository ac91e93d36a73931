# Function events of the program seen by settrace from start to exit.
import atexit
import sys
import threading


def tr(f, e, a, me=__file__):
    if f.f_code.co_filename == me:
        log(f"{e} {f.f_code.co_name} {f.f_lineno}\n")
        return tr


log = sys.stdout.write


def f(n):
    return [x for x in range(n)]


class A:
    def __del__(self):
        pass


sys.settrace(tr)
threading.settrace(tr)
f(1)
try:
    f("x")
except TypeError:
    pass
t = threading.Thread(target=f, args=(1,))
t.start()
t.join()


@atexit.register
def bye():
    return 1


a = A()
import helper
g = (i for i in [1])
next(g)
print(sys.gettrace() is tr)
