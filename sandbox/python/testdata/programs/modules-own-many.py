# Many modules of the program's own.
import sys, types
for i in range(3000):
    sys.modules["own%d" % i] = types.ModuleType("own%d" % i)
print("made")
