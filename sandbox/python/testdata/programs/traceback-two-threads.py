# Uncaught errors in threads go through threading.excepthook.
import sys
import threading


def bad(n):
    def deeper():
        raise LookupError(f"in thread {n}")
    deeper()


for i in range(3):
    t = threading.Thread(target=bad, args=(i,))
    t.start()
    t.join()
t = threading.Thread(target=sys.exit, args=(9,))
t.start()
t.join()
t = threading.Thread(target=bad, name="named one", args=("n",))
t.start()
t.join()


class Mine(threading.Thread):
    def run(self):
        try:
            1 / 0
        except ZeroDivisionError:
            self.undefined_thing


t = Mine()
t.start()
t.join()
print("still here")
