# sys.tracebacklimit in several values, and a traceback replaced by hand.
import sys
import traceback
import types


def a(): b()
def b(): c()
def c(): raise ValueError("deep")


for n in 0, 1, 2, -1, 1000:
    sys.tracebacklimit = n
    try:
        a()
    except ValueError as e:
        traceback.print_exc()
        traceback.print_exc(limit=-1)
        tb = e.__traceback__
del sys.tracebacklimit
new = types.TracebackType(None, tb.tb_frame, tb.tb_lasti, 3)
try:
    raise KeyError("replaced").with_traceback(new)
except KeyError:
    traceback.print_exc()
sys.tracebacklimit = 2
a()
