# Byte code of the program's own functions.
import dis
import io
import re
import sys


def f(a, b=2):
    try:
        with open(a) as h:
            return [x + b for x in h if x]
    except* OSError as e:
        raise ValueError from e


def shown(*a, **k):
    s = io.StringIO()
    dis.dis(*a, file=s, **k)
    print(re.sub(r"0x[0-9a-f]+", "ADDR", s.getvalue()))


shown(f)
shown("x = a.b(c)")
print(re.sub(r"0x[0-9a-f]+", "ADDR", dis.code_info(f)))
for i in range(20):
    pass


def hot(n):
    t = 0
    for i in range(n):
        t += i
    return t


hot(100)
shown(hot, adaptive=True)
print(dis.stack_effect(dis.opmap["POP_TOP"]), len(dis.opname))
