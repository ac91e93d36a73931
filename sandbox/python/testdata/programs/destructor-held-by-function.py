# Objects held by defaults, closures, annotations, class attributes, descriptors, partials and bound methods.
import functools


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)

    def method(self):
        pass


def defaults(a=D("default"), *, k=D("keyword default")):
    pass


def annotated(a: D("annotation")) -> D("return annotation"):
    pass


def outer():
    x = D("closure")

    def inner():
        return x
    return inner


fn = outer()


class K:
    attr = D("class attribute")
    __slots__ = ("s",)

    @property
    def p(self, _=D("property default")):
        pass

    @staticmethod
    def sm(_=D("staticmethod default")):
        pass


k = K()
k.s = D("slot")
part = functools.partial(print, D("partial"))
bound = D("bound").method


@functools.lru_cache
def cached(n):
    return D(f"cached {n}")


cached(1), cached(2)
gen = (x for x in [D("in generator")])
it = iter([D("iter1"), D("iter2")])
next(it)
print("end")
