import mmap
import os
m = mmap.mmap(-1, 4096)
m[:5] = b"hello"
print(m[:6], m.find(b"l"), len(m), m.closed)
if os.fork() == 0:
    m[:5] = b"child"
    os._exit(0)
os.wait()
print(m[:5])
with open("f", "w+b") as f:
    f.write(b"x" * 100)
    f.flush()
    with mmap.mmap(f.fileno(), 0) as g:
        g[0:3] = b"abc"
        print(g.readline()[:4], g.size())
    f.seek(0)
    print(f.read(4))
try:
    g[0]
except ValueError as e:
    print(e)
