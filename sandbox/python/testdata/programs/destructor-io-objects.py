# Files, custom streams and buffers not closed at exit: what reaches the disk is read by a child afterwards.
import io
import os
import sys
r, w = os.pipe()
if os.fork():
    os.close(w)
    data = b""
    while chunk := os.read(r, 1000):
        data += chunk
    os.wait()
    print("pipe:", data)
    for n in sorted(os.listdir(".")):
        if n.startswith("f"):
            print(n, open(n, "rb").read())
    sys.exit()
os.close(r)


class Mine(io.RawIOBase):
    def writable(self):
        return True

    def write(self, b):
        os.write(w, bytes(b))
        return len(b)

    def close(self):
        if not self.closed:
            os.write(w, b"[close]")
        super().close()


f1 = open("f1", "w")
f1.write("text in a global")
f2 = [open("f2", "wb")]
f2[0].write(b"bytes in a list")
f2.append(f2)
buf = io.BufferedWriter(Mine())
buf.write(b"buffered")
txt = io.TextIOWrapper(io.BufferedWriter(Mine()), write_through=False)
txt.write("wrapped")
f3 = open("f3", "w")
f3.write("held by sys")
sys.keep = f3
del f3
import json
json.keep = open("f4", "w")
json.keep.write("held by json")
