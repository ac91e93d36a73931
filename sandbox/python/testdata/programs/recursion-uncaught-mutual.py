# Mutual recursion is not folded the same way; the limit is small to keep it short.
import sys
sys.setrecursionlimit(60)


def a(n):
    return b(n)


def b(n):
    return a(n)


def top():
    def c(n):
        c(n)
    try:
        c(0)
    except RecursionError as e:
        print(e)
        k = 0
        tb = e.__traceback__
        while tb:
            k += 1
            tb = tb.tb_next
        print(k)
    a(0)


top()
