# Which names can be shadowed by files of the program: those not loaded at the start.
import sys
names = "abc ast bisect codecs collections contextlib copy dataclasses datetime decimal enum errno fractions functools hashlib heapq io itertools keyword linecache locale logging math numbers operator os pickle queue random re select selectors signal site socket stat string struct subprocess sys textwrap threading time token tokenize traceback types typing uuid warnings weakref".split()
import os as real_os
for n in names:
    with open(n + ".py", "w") as f:
        f.write("mine = True\n")
for n in names:
    m = __import__(n)
    print(n, hasattr(m, "mine"), end="; ")
print()
print([n for n in sys.modules if hasattr(sys.modules[n], "mine")])
