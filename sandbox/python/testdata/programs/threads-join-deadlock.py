# Joining oneself, unstarted and twice-started threads.
import threading


def f():
    try:
        threading.current_thread().join()
    except RuntimeError as e:
        print(e)


t = threading.Thread(target=f)
for a in (t.join, t.start, t.start, t.join, t.join):
    try:
        a()
        t.is_alive() and a is t.start or None
        if a == t.start:
            while t.is_alive():
                pass
    except RuntimeError as e:
        print(type(e).__name__, e)
try:
    threading.Thread(group=1)
except AssertionError as e:
    print(e)
print("end")
