# gc is imported, and nothing is done with it but what tells nothing.
import gc


class Node:
    def __init__(self, name):
        self.name, self.me = name, self

    def __del__(self):
        print("end of", self.name)


b, a = Node("b"), Node("a")
Node("cycle")
gc.enable()
print(gc.isenabled(), gc.is_tracked(a), gc.garbage, gc.callbacks)
