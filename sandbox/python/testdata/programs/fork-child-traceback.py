# The child dies of an uncaught error; the traceback names only the program.
import os
import sys
sys.stdout.write("twice ")
pid = os.fork()


def deep():
    raise RuntimeError("child" if not pid else "parent")


if pid == 0:
    deep()
os.wait()
print("parent ends")
deep()
