# Each process that imports random after a fork has numbers of its own.
import os
import sys
for _ in range(4):
    r, w = os.pipe()
    if os.fork() == 0:
        import random
        os.write(w, str(random.random()).encode())
        os._exit(0)
    os.close(w)
    sys.__dict__.setdefault("seen", set()).add(os.read(r, 100))
    os.wait()
print(len(sys.seen))
