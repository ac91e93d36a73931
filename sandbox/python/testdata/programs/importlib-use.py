# import_module, find_spec before and after the import, reload, spec utilities.
import importlib
import importlib.util
import sys
for n in "json", "json.decoder", "random", "sys", "os", "zipimport", "no_such", "helper", "math", "collections", "__hello__":
    loaded = n in sys.modules
    s = importlib.util.find_spec(n)
    print(n, loaded, n in sys.modules, s and (s.name, s.origin, s.cached, type(s.loader).__name__, s.parent, s.submodule_search_locations, s.has_location))
try:
    importlib.util.find_spec("no.such")
except ModuleNotFoundError as e:
    print(e)
import json
print(json.__spec__ == importlib.util.find_spec("json"), importlib.util.find_spec("json") is json.__spec__)
json.mark = 1
old_loads = json.loads
print(importlib.reload(json) is json, json.mark, json.loads is old_loads)
h = importlib.import_module("helper")
h2 = importlib.reload(h)
print(h is h2, h.n)
m = importlib.util.module_from_spec(importlib.util.find_spec("random"))
m.__spec__.loader.exec_module(m)
import random
print(m is random, m.Random is random.Random, m._inst is random._inst, repr(m))
print(importlib.util.cache_from_source(helper.__file__ if "helper" in dir() else "x.py"), importlib.util.source_hash(b"x").hex())
print(hasattr(importlib, "machinery"))
import importlib.machinery
print(importlib.machinery.all_suffixes(), importlib.machinery.PathFinder.find_spec("json").origin)
lazy = importlib.util.LazyLoader.factory(importlib.machinery.SourceFileLoader)
importlib.import_module("..rel")
