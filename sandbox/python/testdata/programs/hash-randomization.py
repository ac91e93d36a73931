# Hashes differ among processes, and agree in a forked child.
import os
import subprocess
import sys
vals = {subprocess.run([sys.executable, "-c", "print(hash('a'))"], capture_output=True).stdout for _ in range(4)} | {b"%d\n" % hash("a")}
print(len(vals), sys.flags.hash_randomization, os.environ.get("PYTHONHASHSEED"))
r, w = os.pipe()
if os.fork() == 0:
    os.write(w, b"%d" % hash("a"))
    os._exit(0)
os.wait()
print(int(os.read(r, 100)) == hash("a"))
