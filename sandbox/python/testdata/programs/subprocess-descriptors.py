# Which descriptors a child sees, with close_fds and pass_fds.
import os
import subprocess
import sys
code = "import os; l = sorted(map(int, os.listdir('/proc/self/fd'))); print(len(l), [i for i in l if i < 3], [i for i in l if i > 2 and os.path.exists('/proc/self/fd/%d' % i)] == [])"
r, w = os.pipe()
os.set_inheritable(w, True)
x = open("/dev/null")
for kw in {}, {"close_fds": False}, {"pass_fds": (r,)}:
    print(list(kw), subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **kw).stdout, end="")
print(os.listdir("/proc/self/fd"))
print(os.fork.__name__, os.get_inheritable(r), os.get_inheritable(x.fileno()))
