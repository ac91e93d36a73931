# The wakeup descriptor receives the numbers of signals; handlers run in the main thread only.
import os
import signal
import threading
r, w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
signal.set_wakeup_fd(w)
signal.signal(signal.SIGUSR1, lambda *a: print("in", threading.current_thread().name))
t = threading.Thread(target=signal.raise_signal, args=(signal.SIGUSR1,))
t.start()
t.join()
print(os.read(r, 10))


def inside():
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError as e:
        print(e)


t = threading.Thread(target=inside)
t.start()
t.join()
print(signal.set_wakeup_fd(-1) == w)
