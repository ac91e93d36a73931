# threading._register_atexit order, errors, and late registration.
import atexit
import threading
atexit.register(print, "atexit 1")
threading._register_atexit(print, "first")


def late():
    print("late", threading.main_thread().is_alive(), threading._SHUTTING_DOWN)
    try:
        threading._register_atexit(print)
    except RuntimeError as e:
        print(e)


threading._register_atexit(late)
threading._register_atexit(print, "third", end=".\n")
import concurrent.futures.thread
print(len(threading._threading_atexits))
