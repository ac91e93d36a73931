# A child left running at exit is waited for; a daemon one is killed.
import atexit
import multiprocessing as mp
import os
import time


def slow(n):
    time.sleep(n)
    print("slow ends", flush=True)


if __name__ == "__main__":
    pid = os.getpid()
    atexit.register(lambda: print("atexit", os.getpid() == pid, flush=True))
    mp.Process(target=slow, args=(0.2,)).start()
    mp.Process(target=slow, args=(60,), daemon=True).start()
    print("main ends", flush=True)
