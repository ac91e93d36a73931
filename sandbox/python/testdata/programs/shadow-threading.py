# Own threading.py: the interpreter's own use of threading at exit.
import threading
print(threading.__file__)
try:
    import logging
except Exception as e:
    print(type(e).__name__, e)
try:
    import queue
    print("queue fine")
except Exception as e:
    print(type(e).__name__, e)


class D:
    def __del__(self):
        print("end of D")


d = D()
