# A finder put first forbids library modules.
import sys


class Block:
    def find_spec(self, name, path=None, target=None):
        if name in ("json", "_random", "decimal", "_decimal", "concurrent.futures.thread", "bisect"):
            raise ImportError("blocked " + name)


sys.meta_path.insert(0, Block())
for n in "json", "random", "decimal", "fractions", "concurrent.futures", "statistics":
    try:
        __import__(n)
        print(n, "fine")
    except ImportError as e:
        print(n, e)
from concurrent.futures import ThreadPoolExecutor
