# A collector that never comes does not come during an import either.
import gc
import weakref


class N:
    pass


def make(name):
    a = N()
    a.me = a
    weakref.finalize(a, print, name)


make("first")
gc.set_threshold(0)
import typing
print("imported")
gc.set_threshold(700)
import dataclasses
print("and again")
gc.disable()
make("second")
import random
print(gc.isenabled(), gc.get_count()[1:])
