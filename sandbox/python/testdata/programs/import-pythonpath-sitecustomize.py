# sitecustomize and usercustomize found on PYTHONPATH run before the program.
import sys
print([m for m in sys.modules if "customize" in m], sys.argv, getattr(sys, "marked", None))
