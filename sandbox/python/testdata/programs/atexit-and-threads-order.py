# Exit functions run after non-daemon threads end, thread exit hooks before them.
import atexit
import threading
import time
atexit.register(print, "atexit")
threading._register_atexit(print, "threading atexit")
started = threading.Event()


def late():
    started.set()
    time.sleep(0.2)
    print("late thread; main alive:", threading.main_thread().is_alive())
    atexit.register(print, "registered by late thread")


t = threading.Thread(target=late)
t.start()
started.wait()
print("main ends")


class D:
    def __del__(self):
        print("global destroyed")


d = D()
