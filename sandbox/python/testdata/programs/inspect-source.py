# Sources and modules of the program's own functions and classes.
import inspect
import linecache
import sys
import helper


def f(a, *b, c: int = 3, **d) -> None:
    """Doc of f."""
    return lambda x: (x,
                      a)


class C:
    """Doc of C."""
    def m(self): pass

    @staticmethod
    def s(): pass


for o in f, C, C.m, C.s, f(1), helper.h, helper:
    print(inspect.getsource(o))
    print(inspect.getsourcefile(o), inspect.getmodule(o), inspect.getfile(o), inspect.getsourcelines(o)[1])
print(inspect.signature(f), inspect.getdoc(C), inspect.getcomments(f), inspect.getmodulename(__file__))
print(inspect.getmodule(sys._getframe()), inspect.getsource(sys.modules["__main__"])[:20])
exec("def g(): pass")
for o in g, len, sys, int:
    try:
        inspect.getsource(o)
    except (OSError, TypeError) as e:
        print(type(e).__name__, e)
print(linecache.getline(__file__, 1), sorted(k.rpartition("/")[2] for k in linecache.cache), linecache.getline("nothing", 1) == "")
print(inspect.getsource(inspect.getsource)[:30], inspect.getsourcefile(inspect))
