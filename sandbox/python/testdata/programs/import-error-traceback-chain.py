# Errors while importing: frames of the import system are hidden; caught ones leave no module behind.
import sys
for i in range(2):
    try:
        import pkg.mod
    except ZeroDivisionError:
        print("pkg" in sys.modules, "pkg.mod" in sys.modules, "inner" in sys.modules, hasattr(sys.modules["pkg"], "mod"))
try:
    import importlib
    importlib.import_module("inner")
except ZeroDivisionError:
    import traceback
    traceback.print_exc()


def lazily():
    from pkg import mod


lazily()
