# Deep structures through repr, json, pickle, copy, compile.
import copy
import json
import pickle


def deep(n):
    x = []
    for _ in range(n):
        x = [x]
    return x


def attempt(name, f):
    try:
        r = f()
        print(name, "ok", len(r) if hasattr(r, "__len__") else type(r).__name__)
    except RecursionError as e:
        print(name, e)


for n in 50, 300, 900, 3000:
    x = deep(n)
    attempt(f"repr {n}", lambda: repr(x))
    attempt(f"json {n}", lambda: json.dumps(x))
    attempt(f"loads {n}", lambda: json.loads("[" * n + "]" * n))
    attempt(f"pickle {n}", lambda: pickle.dumps(x))
    attempt(f"copy {n}", lambda: copy.deepcopy(x))
    attempt(f"eq {n}", lambda: [x == deep(n)])


def edge(f):
    lo, hi = 1, 2000
    while hi - lo > 1:
        mid = (lo + hi) // 2
        try:
            f(mid)
            lo = mid
        except RecursionError:
            hi = mid
    return lo


print("repr edge", edge(lambda n: repr(deep(n))))
print("json edge", edge(lambda n: json.dumps(deep(n))))
print("pickle edge", edge(lambda n: pickle.dumps(deep(n))))
