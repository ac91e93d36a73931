# A shadowing file behind the library on the path is not used; in front it is; deleted modules are looked up anew.
import os
import sys
os.mkdir("lib")
for n in "json", "random", "colorsys":
    with open(f"lib/{n}.py", "w") as f:
        f.write("print('own', __name__)\nown = True\n")
sys.path.append(os.path.abspath("lib"))
import json
print(hasattr(json, "own"))
sys.path.insert(0, "lib")
import random
print(hasattr(random, "own"), random.__file__)
import json as again
print(again is json)
del sys.modules["json"]
import json as third
print(third is json, hasattr(third, "own"))
sys.path.remove("lib")
import colorsys
print(hasattr(colorsys, "own"))
