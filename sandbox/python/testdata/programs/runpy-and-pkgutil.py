# runpy and pkgutil on the program's own files.
import pkgutil
import runpy
import sys
print([m.name for m in pkgutil.iter_modules(["."])], [m.name for m in pkgutil.walk_packages(["."])])
r = runpy.run_path("script.py", {"given": 5}, "as_name")
print(sorted(k for k in r if k[:2] != "__"), r["__name__"], r["__file__"], r["__spec__"], r["__loader__"], r["__package__"])
r = runpy.run_module("pkg", run_name="__main__", alter_sys=True)
print(r["seen"], r["__spec__"].name, "pkg.__main__" in sys.modules)
print(runpy.run_path("pkg")["__name__"], sys.argv)
print(pkgutil.get_data("pkg", "data.txt"), pkgutil.resolve_name("json:loads").__name__)
print(sys.modules["__main__"].__dict__ is globals())
try:
    runpy.run_module("nope")
except ImportError as e:
    print(e)
runpy.run_path("bad.py")
