# A replaced sys.excepthook sees the uncaught error after the finally blocks, before atexit.
import atexit
import sys
atexit.register(print, "atexit")


def hook(t, v, tb):
    print("hook", t.__name__, v, tb.tb_lineno, tb.tb_frame.f_back, tb.tb_next.tb_frame.f_code.co_name)
    print(sys.last_type if hasattr(sys, "last_type") else "no last_type")
    sys.__excepthook__(t, v, tb)


sys.excepthook = hook


def f():
    try:
        raise MemoryError("pretended")
    finally:
        print("finally")


f()
