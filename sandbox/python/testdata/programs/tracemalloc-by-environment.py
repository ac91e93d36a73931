import sys
import tracemalloc
import warnings
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())
warnings.simplefilter("always")


def f():
    x = open("main.py")


f()
print("end")
