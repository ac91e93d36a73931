# meta_path without the path finder, then empty.
import sys
import importlib.machinery as mach
pf = sys.meta_path.pop()
print(pf is mach.PathFinder or type(pf).__name__, len(sys.meta_path))
for n in "json", "random", "zlib", "errno", "_random", "helper", "dataclasses", "string", "__hello__", "abc", "stat":
    try:
        print(n, __import__(n).__name__)
    except ImportError as e:
        print(type(e).__name__, e)
sys.meta_path.clear()
try:
    import textwrap
except ImportError as e:
    print(e)
sys.meta_path = None
import csv
