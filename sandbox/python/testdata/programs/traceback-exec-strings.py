# Frames whose code came from exec and eval, with and without known file names.
import traceback
import linecache
for name in "<string>", "<fake>", "main.py", "nowhere.py", "":
    try:
        exec(compile("def f(x):\n    return x / 0\n\nf(1)\n", name, "exec"))
    except ZeroDivisionError:
        traceback.print_exc()
src = "def g():\n    raise KeyError('from cached source')\n"
linecache.cache["<virtual>"] = (len(src), None, src.splitlines(True), "<virtual>")
ns = {}
exec(compile(src, "<virtual>", "exec"), ns)
try:
    ns["g"]()
except KeyError:
    traceback.print_exc()
try:
    eval("1 +")
except SyntaxError:
    traceback.print_exc()
eval("(lambda q: q.nope)(3)")
