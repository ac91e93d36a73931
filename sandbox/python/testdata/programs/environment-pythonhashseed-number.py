import enum
import sys
print(hash("a"), hash("abc"), sys.flags.hash_randomization)
print(list(set("the quick brown fox".split())))
import re
import typing
print(list({"json": 1, "x": 2}), [x for x in {re, typing, enum} and {"a", "b", "c"}])
