import sys
import warnings
print(sys.flags.dev_mode, sys.warnoptions, warnings.filters)
import faulthandler
print(faulthandler.is_enabled())
f = open("main.py")
del f
try:
    open("x", encoding="utf-8", errors="nope")
except LookupError as e:
    print(e)
