# Library functions replaced by the program are seen by other library modules, and at the end.
import atexit
import json
import os
import random
import sys
import threading
import time
import traceback
random.random = lambda: 0.5
print(random.random(), random.choice([1, 2, 3]) in (1, 2, 3))
json.encoder.encode_basestring_ascii = lambda s: "'" + s + "'"
json.encoder.c_make_encoder = None
print(json.dumps({"a": 1}), json.JSONEncoder().encode({"a": 1}))
time.sleep = lambda n: print("slept", n)
time.sleep(100)
atexit._run_exitfuncs = lambda: print("never called by the interpreter")
atexit.register(print, "atexit")
os.fsync = None
orig = threading._shutdown


def shut():
    print("threading._shutdown called")
    orig()


threading._shutdown = shut
sys.exit = None
os._exit = lambda n: print("own os._exit", n)
traceback.print_exception = None
sys.flags_mine = 1
print("end")
1 / 0
