# exec, eval and compile with own namespaces.
import sys
ns = {}
exec("import sys\nx = 1\ndef f(): return sys._getframe().f_back.f_code.co_name\ny = f()", ns)
print(sorted(ns), ns["y"], type(ns["__builtins__"]), ns["__builtins__"] is __builtins__.__dict__)
print(eval("[x for x in range(3)]"), eval("__name__"), eval("__name__", {"__name__": "other"}), eval("locals() is globals()"))


def scope():
    loc = 1
    exec("loc = 2; new = 3")
    print(loc, "new" in locals(), eval("loc"))


scope()
try:
    exec("print(1)", {"__builtins__": {}})
except NameError as e:
    print(e)
try:
    eval("__import__('os')", {"__builtins__": {"len": len}})
except NameError as e:
    print(e)
try:
    exec("import os", {"__builtins__": {}})
except ImportError as e:
    print(e)
c = compile("a = 1\nprint(a)\n", "fname", "exec")
print(c.co_filename, c.co_name, c.co_firstlineno, c.co_names, c.co_flags, c.co_qualname)
exec(compile("'shown'\n", "<s>", "single"))
print(eval(compile("6 * 7", "", "eval")))
import ast
print(ast.dump(compile("x: int = f(y)", "", "exec", ast.PyCF_ONLY_AST)))
print(exec("pass"), eval(b"1 + 1"), eval(" \t 2"))
import types
m = types.ModuleType("m", "doc")
exec("v = __name__", m.__dict__)
print(m.v, list(vars(m))[:6])
f = types.FunctionType(scope.__code__, {"print": print})
try:
    f()
except Exception as e:
    print(type(e).__name__, e)
