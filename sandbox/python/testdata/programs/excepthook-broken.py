# A hook which itself raises.
import sys


def hook(*a):
    print("in hook", file=sys.stderr)
    raise IndexError("hook failed")


sys.excepthook = hook
raise ValueError("the first")
