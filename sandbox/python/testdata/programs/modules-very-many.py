# sys.modules grows, and grows again.
import sys
for i in range(20000):
    sys.modules["made%d" % i] = 1
import typing
for i in range(120000):
    sys.modules["more%d" % i] = 1
print(len(sys.modules) > 140000, typing.Any)
