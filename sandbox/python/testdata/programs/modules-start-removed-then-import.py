# Modules that the interpreter began with are gone when others are imported.
import sys
del sys.modules["codecs"]
import typing
print(typing.List[int])
sys.modules.pop("stat")
import dataclasses
print(dataclasses.field().repr)
for name in ("io", "abc", "genericpath"):
    sys.modules.pop(name, None)
import json
import random
print(json.dumps([1]), random.Random(1).random())
