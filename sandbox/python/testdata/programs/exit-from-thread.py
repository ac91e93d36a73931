# sys.exit in a thread ends only the thread; os._exit there ends all.
import os
import sys
import threading
t = threading.Thread(target=lambda: sys.exit("thread message"))
t.start()
t.join()
print("main goes on", flush=True)
print("lost", end="")
t = threading.Thread(target=os._exit, args=(13,))
t.start()
t.join()
print("not reached")
