# A hook which calls sys.exit with its own status.
import sys
sys.excepthook = lambda *a: sys.exit(37)
print("bye")
assert False, "reason"
