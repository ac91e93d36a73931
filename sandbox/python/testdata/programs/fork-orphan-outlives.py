# The parent waits for a grandchild through a pipe; session and group calls.
import os
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(r)
        os.write(w, b"grandchild " + str(os.getsid(0) != os.getpid()).encode())
        os._exit(0)
    os._exit(0)
os.close(w)
os.waitpid(pid, 0)
print(os.read(r, 100))
pid, st = os.forkpty() if False else (0, 0)
print(os.posix_spawn("/bin/echo", ["echo", "spawned"], os.environ) > 0, os.wait()[1])
print(os.system("exit 3") >> 8, os.popen("echo popen").read())
