# What a destructor run at exit finds in the globals and modules.
import sys
import os
import json


def helper():
    return "helper works"


class D:
    def __del__(self):
        print("gone:", sorted(k for k, v in globals().items() if v is None and k != "__doc__" and k != "__spec__"))
        print("os", os, "json", json is None, "helper", helper and helper())
        print(sys and sys.is_finalizing(), sys and sys.modules is not None and "json" in sys.modules)
        for n in '__name__', '__file__', '__spec__', '__loader__', 'len', 'value', 'E':
            try:
                print(n, eval(n) is None, end=' ')
            except NameError as e:
                print(e, end=' ')
        print()


class E(D):
    pass


first = D()
value = 3
_private = 4
other = {"x": E()}
os = os.path.basename(os.__file__)
json = bool(json)
