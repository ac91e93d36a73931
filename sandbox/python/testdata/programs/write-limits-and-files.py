# Files, permissions and directory of the program.
import os
import pathlib
import stat
print(os.listdir("."), pathlib.Path.cwd() == pathlib.Path(__file__).parent, pathlib.Path.home() == pathlib.Path.cwd())
print(os.path.abspath("main.py") == __file__, os.access(".", os.W_OK), pathlib.Path(__file__).read_text().count("\n"))
with open("a", "w") as f:
    print(f.name, f.mode, f.encoding, f.errors, f.fileno(), f.buffer.raw.name)
print(os.listdir(".") and sorted(os.listdir(".")), os.getcwd() == os.environ["HOME"])
try:
    open("/nonexistent/x", "w")
except OSError as e:
    print(e, e.errno, e.filename)
d = os.open(".", os.O_RDONLY)
print(d, os.path.samefile(".", d), os.stat("a").st_size)
open("missing")
