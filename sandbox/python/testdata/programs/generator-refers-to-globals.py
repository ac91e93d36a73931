# A generator's finally at exit uses globals, builtins and modules.
import os
import sys


def g():
    try:
        yield
    finally:
        try:
            print("os" in globals(), os is None, helper is None, len is None)
            print(os.getcwd() == os.path.dirname(os.path.abspath("main.py")))
            print(helper())
        except BaseException as e:
            print(type(e).__name__, e)


def helper():
    return "helper " + str(later)


x = g()
next(x)
later = "defined later"
zz = g()
next(zz)
sys.stdout.write("end\n")
