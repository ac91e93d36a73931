# The program's own descriptors: numbers, kinds, flags, and the next free one.
import fcntl
import os
import stat
import sys
d = os.open("/proc/self/fd", os.O_RDONLY)
for n in sorted(map(int, os.listdir(d))):
    try:
        st = os.fstat(n)
    except OSError:
        continue
    if n == d:
        continue
    kind = [k for k in ("FIFO", "REG", "SOCK", "CHR", "DIR") if getattr(stat, "S_IS" + k)(st.st_mode)]
    print(n, kind, fcntl.fcntl(n, fcntl.F_GETFD), fcntl.fcntl(n, fcntl.F_GETFL) & (os.O_ACCMODE | os.O_NONBLOCK | os.O_APPEND), os.get_inheritable(n))
print("next", d, os.dup(0), os.pipe())
print(sys.stdin.fileno(), os.readlink("/proc/self/fd/0")[:5], os.readlink("/proc/self/cwd") == os.getcwd(), os.readlink("/proc/self/exe"))
