# register_at_fork callbacks in order; random state reseeded in the child.
import os
import random
import sys
log = []
os.register_at_fork(before=lambda: log.append("before 1"), after_in_parent=lambda: log.append("parent 1"), after_in_child=lambda: log.append("child 1"))
os.register_at_fork(before=lambda: log.append("before 2"), after_in_child=lambda: log.append("child 2"))


class Bad:
    def __call__(self):
        raise ValueError("hook fails")

    def __repr__(self):
        return "<Bad>"


os.register_at_fork(after_in_child=Bad())
r, w = os.pipe()
for seed in None, 5:
    random.seed(seed)
    if os.fork() == 0:
        os.write(w, repr(random.random()).encode())
        print("child", log)
        sys.exit()
    os.wait()
    print("parent", log, flush=True)
    print("differs:", os.read(r, 100).decode() != repr(random.random()), flush=True)
