# The same, with something in sys that the library did not put there.
import atexit, mmap, os, resource, sys
def size():
    for line in open("/proc/self/status"):
        if line.startswith("VmData"):
            return int(line.split()[1]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (size() + (32 << 20), resource.getrlimit(resource.RLIMIT_DATA)[1]))
atexit.register(print, "bye")
sys.keep = []
for size in (8 << 20, 1 << 20, 1 << 16, 4096):
    try:
        while True:
            sys.keep.append(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE))
    except OSError:
        pass
print("full")
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    sys.exit(3)
print(os.waitpid(pid, 0)[1])
