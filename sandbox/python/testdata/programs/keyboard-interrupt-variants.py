# KeyboardInterrupt raised by hand inside functions, threads, and caught.
import threading
import sys


def f():
    raise KeyboardInterrupt("by hand")


try:
    f()
except KeyboardInterrupt as e:
    print("caught", e)
t = threading.Thread(target=f)
t.start()
t.join()
try:
    exec("raise KeyboardInterrupt")
except BaseException as e:
    print(type(e).__mro__[1].__name__)
sys.stdout.write("pending")
try:
    f()
finally:
    print(" finally")
