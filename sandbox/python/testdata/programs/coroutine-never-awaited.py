# Coroutines never awaited, at once and at exit, with the source line shown.
import sys
import warnings


async def co(n):
    return n


co(1)


def f():
    co(2)
    x = co(3)
    x.close()


f()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    co(4)
sys.set_coroutine_origin_tracking_depth(3)
f()
sys.set_coroutine_origin_tracking_depth(0)
kept = co("kept until exit")


async def agen():
    yield 1

agen()
agen().__anext__()
agen().asend(None)
print("end")
