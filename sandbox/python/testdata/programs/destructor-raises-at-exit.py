# Destructors which raise, exit and resurrect while the interpreter ends.
import sys


class named:
    def __init__(self, f, i=None):
        self.f, self.i = f, i

    def __get__(self, i, t):
        return named(self.f, i)

    def __call__(self):
        return self.f(self.i)

    def __repr__(self):
        return "<destructor>"


saved = []


class R:
    @named
    def __del__(self):
        print("resurrect", saved is None)
        if saved is not None:
            saved.append(self)


class V:
    @named
    def __del__(self):
        raise ValueError("at exit")


class X:
    @named
    def __del__(self):
        print("exiting")
        sys.exit(5)


class G:
    @named
    def __del__(self):
        return undefined_name


r = R()
v = V()
x = X()
g = G()
del r
print(len(saved))
saved.clear()
r = R()
print("end")
