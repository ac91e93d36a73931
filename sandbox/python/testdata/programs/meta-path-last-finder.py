# A finder put last makes modules out of thin air, only for names nobody else finds.
import importlib.abc
import importlib.util
import sys


class Loader(importlib.abc.Loader):
    def create_module(self, spec):
        print("create", spec.name)

    def exec_module(self, m):
        m.made = len(m.__name__)


class F(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("air"):
            return importlib.util.spec_from_loader(name, Loader(), origin="thin air")


sys.meta_path.append(F())
import air
import airs
print(air.made, air, air.__spec__.origin)
try:
    import air.sub
except ImportError as e:
    print(e)
import random
import statistics
print(random.__loader__.__class__.__name__)
importlib.invalidate_caches()
import nothere
