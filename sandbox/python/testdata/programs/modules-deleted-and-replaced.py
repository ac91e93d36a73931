# Entries of sys.modules deleted, replaced and set to None.
import sys
import json
import random
old = json
del sys.modules["json"]
import json
print(json is old, json.JSONDecoder is old.JSONDecoder, hasattr(json, "decoder"), hasattr(old, "decoder"), json.loads is old.loads)
del sys.modules["json.decoder"]
import json.decoder as d
print(d is old.decoder, json.decoder is d)
sys.modules["json"] = None
try:
    import json as j
except ImportError as e:
    print(type(e).__name__, e)
try:
    from json import decoder
except ImportError as e:
    print(type(e).__name__, e)
sys.modules["random"] = "a string"
import random as r
print(repr(r))
try:
    from random import randint
except ImportError as e:
    print(e)
state = random.getstate()
del sys.modules["random"]
import random as r2
print(r2 is random, r2.getstate() == state, r2._inst is random._inst)
for n in "re", "collections", "enum", "functools", "typing", "logging", "decimal", "datetime":
    a = __import__(n)
    del sys.modules[n]
    b = __import__(n)
    print(n, a is b, a.__dict__.keys() == b.__dict__.keys())
sys.modules.pop("os")
import os
print(os.path is sys.modules["posixpath"], os is __import__("os"))
del sys.modules["sys"]
import sys as s2
print(s2 is sys)
sys.modules["csv"] = None
import csv
