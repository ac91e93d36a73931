# A copied sys.modules, and a subclass of dict in its place.
import sys
real = sys.modules


class M(dict):
    def __getitem__(self, k):
        log.append(("get", k))
        return super().__getitem__(k)

    def __setitem__(self, k, v):
        log.append(("set", k))
        super().__setitem__(k, v)

    def get(self, k, d=None):
        log.append(("getm", k))
        return super().get(k, d)

    def __contains__(self, k):
        log.append(("in", k))
        return super().__contains__(k)


log = []
sys.modules = M(real)
import json
import string
print(log)
print("json" in real, "string" in real, len(real) <= len(sys.modules))
sys.modules = real
log.clear()
import queue
print(log, "queue" in real)
