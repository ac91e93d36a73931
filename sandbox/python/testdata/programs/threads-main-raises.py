# The main thread fails while another runs: the traceback is printed first.
import threading
import time


def worker():
    threading.main_thread().join()
    print("after the main thread", flush=True)
    time.sleep(0.05)
    raise ValueError("the worker fails as well")


threading.Thread(target=worker).start()
raise KeyError("main fails")
