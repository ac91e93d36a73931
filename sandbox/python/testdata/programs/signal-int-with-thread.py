# An uncaught KeyboardInterrupt while another thread goes on.
import signal
import threading
import time


def worker():
    threading.main_thread().join()
    time.sleep(0.1)
    print("worker ends", flush=True)


threading.Thread(target=worker).start()
signal.raise_signal(signal.SIGINT)
