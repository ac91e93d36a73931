# No hook at all.
import sys
del sys.excepthook
print("x", end="")
raise ValueError("lonely")
