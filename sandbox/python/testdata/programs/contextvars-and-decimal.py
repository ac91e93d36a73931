# decimal contexts in threads, defaults, traps.
import contextvars
import decimal
import threading
from decimal import Decimal, getcontext, localcontext
print(getcontext())
getcontext().prec = 5
res = []
t = threading.Thread(target=lambda: res.append((getcontext().prec, Decimal(1) / 3)))
t.start()
t.join()
print(res, Decimal(1) / 3, decimal.DefaultContext.prec)
decimal.DefaultContext.prec = 9
t = threading.Thread(target=lambda: res.append(getcontext().prec))
t.start()
t.join()
print(res[-1])
with localcontext() as c:
    c.traps[decimal.Inexact] = True
    try:
        Decimal(1) / 3
    except decimal.Inexact as e:
        print(repr(e))
try:
    Decimal(1) / 0
except decimal.DivisionByZero as e:
    print(repr(e))
print(getcontext().flags[decimal.Inexact], list(contextvars.copy_context()) and [v.name for v in contextvars.copy_context()], decimal.HAVE_CONTEXTVAR)
print(decimal.__file__, decimal.Decimal.__module__, decimal.MAX_PREC)
