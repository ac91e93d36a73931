# Suspended generators in many places are closed when the interpreter ends; their finally blocks print.
import sys
import json


def g(n):
    try:
        yield n
    except GeneratorExit:
        print("GeneratorExit", n)
        raise
    finally:
        print("finally", n, sys.is_finalizing())


def holds(other):
    try:
        yield next(other)
    finally:
        other.close()
        print("closed the other")


a = g("global a")
next(a)
_b = g("global _b")
next(_b)
lst = [g("in a list")]
next(lst[0])
json.gen = g("in json")
next(json.gen)
unstarted = g("never started")
h = holds(g("held"))
next(h)
deleg = (lambda: (yield from g("delegated")))()
next(deleg)
cyc = g("cycle")
next(cyc)
lst.append(lst)
print("end")
