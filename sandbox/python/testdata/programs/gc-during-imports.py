# Garbage is found while modules are imported.
import weakref


class N:
    pass


def make():
    a = N()
    a.me = a
    weakref.finalize(a, print, "found")


make()
import typing
import dataclasses
print("imported")
