# A failing thread exit hook.
import atexit
import threading
atexit.register(print, "atexit still runs")
threading._register_atexit(print, "registered first, maybe never run")


def bad():
    raise ValueError("in threading atexit")


threading._register_atexit(bad)
print("end")
