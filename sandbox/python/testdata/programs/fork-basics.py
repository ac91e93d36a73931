# Fork: statuses, buffers duplicated by those who do not flush, errors in the child.
import os
import sys


def child(f):
    pid = os.fork()
    if pid == 0:
        f()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


print(child(lambda: os._exit(3)))
sys.stdout.flush()
print(child(lambda: sys.stdout.flush()))
print(child(lambda: os.abort()), child(lambda: os.kill(os.getpid(), 9)))
sys.stdout.flush()
sys.stdout.write("pending;")
print(child(lambda: sys.exit(4)))
sys.stdout.flush()
print(child(lambda: 1 / 0))
sys.stdout.flush()
print(child(lambda: sys.exit("message")))
