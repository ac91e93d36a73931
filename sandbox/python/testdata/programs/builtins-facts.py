# The builtins: names, origins, nothing left behind by interactive use.
import builtins
import sys
print(sorted(dir(builtins)))
print(list(vars(builtins))[-12:])
print(hasattr(builtins, "_"), hasattr(sys, "ps1"), hasattr(sys, "last_value"), hasattr(sys, "__interactivehook__"), "readline" in sys.modules)
print(sys.displayhook is sys.__displayhook__, sys.excepthook is sys.__excepthook__, sys.breakpointhook is sys.__breakpointhook__, sys.unraisablehook is sys.__unraisablehook__)
print(__import__ is builtins.__import__, type(__import__), open.__module__, print.__self__ is builtins, __build_class__)
sys.displayhook(3)
print(builtins._)
sys.displayhook("\udce9")
sys.displayhook(None)
print(ascii(_))
