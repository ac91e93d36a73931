import json
import os
try:
    from json import dumsp
except ImportError as e:
    print(e)


def f():
    import numpyy.linalg


f()
