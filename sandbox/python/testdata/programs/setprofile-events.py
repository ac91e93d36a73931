# Profile events of every frame of the program and of builtins, including atexit.
import atexit
import sys


def prof(f, e, a, me=__file__):
    if f.f_code.co_filename == me:
        log(f"{e} {f.f_code.co_name} {getattr(a, '__name__', '') if e[0] == 'c' and e != 'call' else ''}\n")


log = sys.stdout.write


def f(n):
    return len(str(n))


atexit.register(f, 5)
sys.setprofile(prof)
f(3)
sorted([2, 1], key=lambda v: v)
try:
    int("z")
except ValueError:
    pass
