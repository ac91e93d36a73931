# os._exit loses what is buffered, but not what was flushed.
import atexit
import os
import sys
atexit.register(print, "never")
f = open("file", "w")
f.write("lost")
print("flushed", flush=True)
sys.stderr.write("err is line buffered\n")
sys.stderr.write("partial")
print("lost")
sys.stdout.buffer.write(b"lost")
os.write(1, b"direct\n")
os._exit(5)
