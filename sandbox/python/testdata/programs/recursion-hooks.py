# Recursion error inside hooks and properties, and one printed by unraisablehook.
import sys
import traceback


class P:
    @property
    def p(self):
        return self.p

    def __del__(self):
        self.p

    def __getattr__(self, k):
        return self.other


def short(u):
    print("unraisable", u.exc_type.__name__, u.exc_value, u.err_msg, u.object.__qualname__)
    n = len(list(traceback.walk_tb(u.exc_traceback)))
    print(n)


sys.unraisablehook = short
for f in lambda: P().p, lambda: P().zzz:
    try:
        f()
    except RecursionError as e:
        print(type(e).__name__, e, len(list(traceback.walk_tb(e.__traceback__))))
        e.__traceback__ = None
        del e
sys.setrecursionlimit(80)
q = P()
