# Signals have their defaults when destructors run.
import os
class A:
    def __del__(self, kill=os.kill, pid=os.getpid()):
        print("before", flush=True)
        kill(pid, 2)
        print("after", flush=True)
a = A()
