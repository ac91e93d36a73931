import functools
import json
import re


@functools.lru_cache(maxsize=2)
def f(x):
    print("computed", x)
    return x


f(1), f(2), f(1), f(3), f(2)
print(f.cache_info(), f.cache_parameters(), f.__wrapped__.__name__, f.__module__)


@functools.singledispatch
def g(x):
    return "object"


@g.register
def _(x: int):
    return "int"


print(g(1), g(""), g.registry.keys())


class C:
    @functools.cached_property
    def p(self):
        print("once")
        return 1


c = C()
print(c.p + c.p, vars(c), functools.reduce(lambda a, b: a * b, range(1, 6)), functools.partial(int, base=2)("101"))
p = re.compile("a+")
print(p is re.compile("a+"), re.purge(), p is re.compile("a+"))
