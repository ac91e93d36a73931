# Arrays, views and subclasses with destructors alive at the end; a thread using numpy outlives main.
import threading
import numpy as np


class A(np.ndarray):
    def __del__(self):
        print("array gone", self.shape)


a = np.zeros((2, 3)).view(A)
b = a[1:]
base = np.frombuffer(bytearray(b"abcd"), dtype=np.uint8)


def late():
    threading.main_thread().join()
    print(np.ones(3).sum(), base.tolist(), flush=True)


threading.Thread(target=late).start()
print("end", a.sum())
