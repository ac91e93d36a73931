# Two generators made at the start differ, and the shared one is not in its freshly seeded state of another process.
import os
import random
r, w = os.pipe()
vals = set()
for i in range(3):
    if os.fork() == 0:
        import uuid
        os.write(w, random.random().hex().encode().ljust(40))
        os._exit(0)
    os.wait()
    vals.add(os.read(r, 40))
print(len(vals), random.Random().random() != random.Random().random(), random.getstate()[1][-1], random.getstate()[2])
print(len({os.urandom(8) for _ in range(5)}), len({random.SystemRandom().random() for _ in range(5)}))
