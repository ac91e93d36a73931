# The default unraisable output for destructors, weak reference callbacks, and custom hooks.
import sys
import weakref


class named:
    def __init__(self, f, i=None):
        self.f = f
        self.i = i

    def __get__(self, i, t):
        return named(self.f, i)

    def __call__(self, *a):
        return self.f(self.i, *a)

    def __repr__(self):
        return "<a callable>"


class D:
    def __init__(self, n):
        self.n = n

    @named
    def __del__(self):
        def inner():
            raise ValueError(self.n)
        inner()


class Cb:
    def __call__(self, r):
        1 / 0

    def __repr__(self):
        return "<a callback>"


D(1)
d = D(2)
r = weakref.ref(d, Cb())
del d
old = sys.unraisablehook
print(old is sys.__unraisablehook__, old.__name__)
sys.unraisablehook = lambda u: print("mine:", u.exc_type.__name__, u.exc_value, u.err_msg, u.exc_traceback.tb_lineno, u.object)
D(3)


class Hook:
    def __call__(self, u):
        return 1 / 0

    def __repr__(self):
        return "<a hook>"


sys.unraisablehook = Hook()
D(4)
sys.unraisablehook = None
D(5)
del sys.unraisablehook
D(6)
sys.unraisablehook = old
sys.stderr.flush()
keep = D(7)
print("end")
