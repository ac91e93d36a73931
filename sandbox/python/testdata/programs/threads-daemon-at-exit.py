# Daemon threads sleeping, spinning and blocked at exit just vanish.
import queue
import threading
import time


def sleeper():
    try:
        time.sleep(100)
    finally:
        print("never")


def spinner():
    while True:
        time.sleep(0.001)


def blocked():
    queue.Queue().get()


def locked(l=threading.Lock()):
    with l:
        l.acquire()


for f in sleeper, spinner, blocked, locked:
    t = threading.Thread(target=f, daemon=True)
    t.start()
print([t.daemon for t in threading.enumerate()], threading.active_count())
print("end")
