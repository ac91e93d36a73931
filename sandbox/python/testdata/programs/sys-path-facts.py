# The import path and machinery.
import os
import sys
print(sys.path, sys.path[0] == os.getcwd())
print([getattr(f, "__name__", type(f).__name__) for f in sys.meta_path], len(sys.meta_path), [type(f).__name__ for f in sys.meta_path])
print([getattr(h, "__qualname__", type(h).__name__) for h in sys.path_hooks])
print([k.replace(os.getcwd(), "@") for k in sys.path_importer_cache], [type(v).__name__ for v in sys.path_importer_cache.values()])
import json
import helper
print([k.replace(os.getcwd(), "@") for k in sys.path_importer_cache])
print(sys.path_importer_cache[os.getcwd()]._path_cache is not None, sorted(sys.path_importer_cache[os.getcwd()]._path_cache))
print(helper.__cached__, helper.__spec__.origin, helper.__loader__.path)
f = sys.path_importer_cache[sys.path[0]]
print(f, f._loaders == sys.path_importer_cache["/usr/lib/python3.11"]._loaders, [s for s, _ in f._loaders])
