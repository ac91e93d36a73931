# sys.path has something in it that is no text.
import os, sys
sys.path[0] = 5
import json
print(json.dumps(1))
sys.path[0] = b"bytes"
import random
print(random.Random(2).random())
sys.path = ("/nowhere",) + tuple(sys.path[1:])
try:
    import dataclasses
    print(dataclasses.MISSING is not None)
except Exception as e:
    print(type(e), e)
