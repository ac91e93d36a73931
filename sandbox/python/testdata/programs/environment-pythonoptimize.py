import sys
assert False, "not checked"
print(sys.flags.optimize, __debug__, sys.flags)


def f():
    "doc"


print(f.__doc__)
import helper
print(helper.__cached__, helper.f.__doc__)
