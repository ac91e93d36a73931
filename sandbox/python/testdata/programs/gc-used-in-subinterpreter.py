# The first call of gc is made in another interpreter.
import _xxsubinterpreters as interpreters
i = interpreters.create()
interpreters.run_string(i, "import gc; gc.collect()")
import gc
import collections
print(gc.get_freeze_count(), len(gc.get_referrers(collections.OrderedDict)) > 1)


class A:
    def __del__(self):
        print("end")


a = A()
