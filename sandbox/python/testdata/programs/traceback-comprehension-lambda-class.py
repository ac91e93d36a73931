# Comprehensions, lambdas, class bodies, generators and decorators in tracebacks.
import traceback


def attempt(f):
    try:
        f()
    except Exception:
        traceback.print_exc()


attempt(lambda: [x / y for x in (1, 2) for y in (1, 0)])
attempt(lambda: {k: 1 // k for k in (0,)})
attempt(lambda: sum(int(c) for c in "12z"))
attempt(lambda: sorted([3, "a", 2], key=lambda v: v + 1))


def klass():
    class A:
        class B:
            z = undefined_name


attempt(klass)


def gen():
    try:
        yield 1
    finally:
        raise StopIteration("odd")


attempt(lambda: list(gen()))


class M(type):
    def __getitem__(cls, k):
        return cls.table[k]


class C(metaclass=M):
    table = {}


@C["deco"]
def f():
    pass
