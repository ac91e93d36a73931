# A forked child runs the exit functions as well, unless it leaves by os._exit.
import atexit
import os
import sys
pid = os.getpid()
atexit.register(lambda: print("atexit in", "parent" if os.getpid() == pid else "child"))
sys.stdout.write("duplicated;")
c = os.fork()
if c == 0:
    atexit.register(print, "only in child")
    sys.exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]))
c = os.fork()
if c == 0:
    os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]))
