# The modules loaded before the program, in order.
import sys
for n, m in list(sys.modules.items()):
    print(n, getattr(m, "__file__", None), type(getattr(m, "__spec__", None)).__name__, type(getattr(m, "__loader__", None)).__name__)
print(len(sys.builtin_module_names), len(sys.stdlib_module_names), "sitecustomize" in sys.modules, "usercustomize" in sys.modules)
