# sys.path emptied: loaded modules stay, others cannot be found.
import sys
saved = sys.path[:]
sys.path.clear()
for n in "os", "sys", "json", "random", "math", "_json", "zipimport", "helper", "re", "errno", "itertools", "threading", "typing", "collections", "enum", "__future__", "_ctypes":
    try:
        __import__(n)
        print(n, "found")
    except ImportError as e:
        print(type(e).__name__, e)
sys.path[:] = saved
import json
print(json.__name__)
sys.path = None
try:
    import colorsys
except Exception as e:
    print(type(e).__name__, e)
import fractions
