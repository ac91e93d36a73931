# Modules from a zip the program writes: tracebacks, data, resources.
import sys
import zipfile
with zipfile.ZipFile("lib.zip", "w") as z:
    z.writestr("zmod.py", "import random\ndef f():\n    return 1 / 0\n")
    z.writestr("zpkg/__init__.py", "from . import sub\n")
    z.writestr("zpkg/sub.py", "x = __file__\n")
    z.writestr("json.py", "own = 1\n")
sys.path.insert(0, "lib.zip")
import zmod
import zpkg
print(zmod.__file__, type(zmod.__loader__).__name__, zpkg.sub.x, zmod.random.__name__)
import json
print(hasattr(json, "own"), json.__file__)
print(zmod.__loader__.get_source("zmod").splitlines()[0], zmod.__loader__.archive)
import inspect
print(inspect.getsource(zmod.f))
zmod.f()
