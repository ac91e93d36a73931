# Audit events when the interpreter ends.
import sys
import os


def hook(name, args, write=os.write):
    if name in ("cpython._PySys_ClearAuditHooks", "sys.excepthook", "gc.get_objects", "import", "sys.unraisablehook", "os._exit", "cpython.run_interactivehook"):
        write(1, name.encode() + b" " + str(args[0] if args and name == "import" else len(args)).encode() + b"\n")


sys.addaudithook(hook)
print("program")
sys.stdout.flush()
raise ValueError("x")
