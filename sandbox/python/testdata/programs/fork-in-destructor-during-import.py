# A destructor that the collector calls during an import forks.
import os


class Node:
    def __del__(self):
        global pid
        pid = os.fork()


n = Node()
n.me = n
del n
import typing
import dataclasses
if pid == 0:
    print("child", flush=True)
    os._exit(0)
print("parent", os.waitpid(pid, 0)[1])
