# breakpoint() with the end of stdin.
import sys


def f(x):
    y = x + 1
    breakpoint()
    return y


f(1)
print("not reached")
