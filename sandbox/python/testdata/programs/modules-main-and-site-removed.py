# What stands for the program and for site is removed before an import.
import sys
import types
main = sys.modules.pop("__main__")
del sys.modules["site"]
sys.modules["mine"] = types.ModuleType("mine")
import json
import random
import mine
print(mine, "site" in sys.modules, "__main__" in sys.modules, main)
