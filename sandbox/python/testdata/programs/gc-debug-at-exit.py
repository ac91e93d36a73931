# DEBUG_SAVEALL and uncollectable objects reported at the end.
import gc
import warnings
gc.set_debug(gc.DEBUG_SAVEALL)


class A:
    def __repr__(self):
        return "<A>"


for i in range(3):
    a = A()
    a.me = a
del a
gc.collect()
print(len([x for x in gc.garbage if isinstance(x, A)]))
gc.garbage[:] = [A()]
gc.set_debug(0)
warnings.simplefilter("always")
print("end")
