# The namespace of the main module at its start: names in order and their values.
print(list(globals()))
for k, v in list(globals().items()):
    print(k, type(v).__name__, v if k not in ("__loader__", "__builtins__") else "")
print(globals() is locals(), globals() is vars(), sorted(dir()))
import sys
m = sys.modules["__main__"]
print(m.__dict__ is globals(), m, type(m), m.__spec__, m.__package__, m.__doc__, m.__annotations__)
print(type(__loader__), __loader__.name, __loader__.path, vars(__loader__), __loader__.is_package("__main__"))
print(type(__builtins__), __builtins__ is sys.modules["builtins"], __cached__, __file__, __name__)
import __main__
print(__main__ is m, list(globals()))
x: int = 3
y: "str"
print(__annotations__)
print(__loader__.get_source("__main__").splitlines()[0], __loader__.get_filename(), __loader__.get_data(__file__)[:5])
try:
    import importlib.util
    importlib.util.find_spec("__main__")
except ValueError as e:
    print(e)
import importlib
try:
    importlib.reload(m)
except Exception as e:
    print(type(e).__name__, e)
