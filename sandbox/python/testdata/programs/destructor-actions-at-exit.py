# Destructors which import, open files, start threads, use stdio and subprocess at exit.
import sys
import threading
import os


class Act:
    def __init__(self, n, f):
        self.n = n
        self.f = f

    def __del__(self):
        try:
            r = self.f()
        except BaseException as e:
            r = f"{type(e).__name__}: {e}"
        print(self.n, "->", r)


def imp():
    import fractions
    return fractions.Fraction(2, 4)


def imp_new():
    import colorsys
    return colorsys.rgb_to_hsv(0, 0, 0)


def fil():
    with open("made-at-exit", "w") as f:
        return f.write("abc")


def imp_helper():
    import late_helper
    return late_helper.v


a = Act("import", imp)
b = Act("import new", imp_new)
c = Act("open", fil)
d = Act("helper", imp_helper)
e = Act("std", lambda: (sys.stdout is sys.__stdout__, sys.stderr.write("to stderr\n")))
f = Act("exec", lambda: eval("1+1"))
g = Act("finalizing", lambda: sys.is_finalizing())
h = Act("listdir", lambda: sorted(os.listdir("."))[-1:])
i = Act("unicode", lambda: "é".encode("latin-1").decode("cp437"))
print("end")
