# What a search has left, after imports that take none and after one that does.
import sys


def show():
    print([type(v).__name__ for v in sys.path_importer_cache.values()], sorted(p.rpartition("/")[2] for p in sys.path_importer_cache if p.startswith("/usr")))


show()
import gc
import itertools
import time
show()
import json
show()
