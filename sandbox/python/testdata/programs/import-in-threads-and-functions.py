# Imports in functions, classes, threads and methods; names bound and order.
import sys
import threading


def f():
    import json
    from random import Random as R
    return sorted(locals()), json.__name__, R.__module__


print(f(), "json" in globals())


class C:
    import string
    from textwrap import dedent as d


print(sorted(k for k in vars(C) if k[0] != "_"), C.string.__name__)
res = {}


def imp(n):
    res[n] = __import__(n, fromlist=["x"]).__name__


ts = [threading.Thread(target=imp, args=(n,)) for n in ("decimal", "fractions", "statistics", "argparse", "xml.etree.ElementTree", "csv", "uuid", "helper") * 2]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(res.items()))
try:
    exec("def g():\n    from os import *")
except SyntaxError as e:
    print(e)
