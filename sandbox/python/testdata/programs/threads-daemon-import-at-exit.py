# Daemon threads that import from threading while the program ends.
import threading
import time


def work():
    while True:
        from threading import current_thread
        current_thread().name


for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.02)
