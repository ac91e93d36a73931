"""The doc string of the program."""
from __future__ import annotations
print(__doc__, list(globals()), annotations)


def f(a: undefined) -> also: ...


print(f.__annotations__, f.__module__, f.__globals__ is globals(), f.__builtins__ is __builtins__.__dict__, f.__code__.co_filename, f.__code__.co_flags)
exec("def g(a: nope): pass")
print(g.__annotations__)
z: nothing
print(__annotations__, compile("1", "", "exec").co_flags, compile("1", "", "exec", dont_inherit=True).co_flags)
