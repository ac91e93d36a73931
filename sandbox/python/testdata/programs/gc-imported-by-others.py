# A library imports gc, and so may the program, much later.
import timeit
import sys
print("gc" in sys.modules)


class Node:
    def __init__(self, name):
        self.name, self.me = name, self

    def __del__(self):
        print("end of", self.name)


a = Node("a")
Node("cycle")
import gc
print(gc.isenabled(), gc.get_threshold())
print(gc.collect() >= 1)
print(gc.get_freeze_count(), gc.get_debug(), len(gc.get_objects()) > 1000, [r for r in gc.get_referrers(Node) if isinstance(r, Node)] == [a])
gc.disable()
Node("at the end")
