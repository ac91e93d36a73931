# Compiled files: written for helpers, used without source, stale, damaged.
import importlib
import os
import py_compile
import sys
import helper
print(helper.v, os.listdir("__pycache__"), helper.__cached__)
py_compile.compile("helper.py", cfile="only.pyc")
importlib.invalidate_caches()
import only
print(only.v, only.__file__, only.__cached__, type(only.__loader__).__name__)
with open("bad.pyc", "wb") as f:
    f.write(b"\0" * 32)
importlib.invalidate_caches()
try:
    import bad
except ImportError as e:
    print(e)
with open("__pycache__/other.cpython-311.pyc", "wb") as f:
    f.write(b"rubbish")
import other
print(other.w)
sys.dont_write_bytecode = True
import third
print(sorted(os.listdir("__pycache__")))
os.utime("helper.py", (1, 1))
with open("helper.py", "a") as f:
    f.write("v = 'changed'\n")
print(importlib.reload(helper).v)
sys.pycache_prefix = os.path.abspath("cache")
sys.dont_write_bytecode = False
import fourth
print(fourth.__cached__, os.path.exists(fourth.__cached__))
