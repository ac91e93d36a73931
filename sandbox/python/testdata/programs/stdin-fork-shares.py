# Parent and child read the same pipe; the text buffer is duplicated by fork.
import os
import sys
print(repr(sys.stdin.readline()), flush=True)
pid = os.fork()
if not pid:
    print("child", repr(sys.stdin.readline()), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
print("parent", repr(sys.stdin.read()))
