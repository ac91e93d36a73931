# The frame chain at module level ends at once, and its exact smallest limit.
import sys
print(sys._getframe().f_back)
try:
    sys._getframe(1)
except ValueError as e:
    print(e)
for n in range(1, 40):
    try:
        sys.setrecursionlimit(n)
    except RecursionError:
        continue
    sys.setrecursionlimit(1000)
    print("smallest", n)
    break


def f(n):
    return f(n - 1) if n else sys._getframe()


def chain(fr):
    while fr:
        yield fr.f_code.co_name
        fr = fr.f_back


print(list(chain(f(3))))
print(list(chain(sys._getframe())))


class K:
    print(list(chain(sys._getframe())))


print([list(chain(sys._getframe())) for _ in "x"])
print(sys._getframe().f_globals is globals(), sys._getframe().f_locals is globals(), sys._getframe().f_builtins["__name__"])
print(sys._getframe().f_code.co_filename, sys._getframe().f_lineno)
