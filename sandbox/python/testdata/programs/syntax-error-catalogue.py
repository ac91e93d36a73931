# The texts and places of many errors of syntax, by compile().
import traceback
sources = [
    "f'{'", "f'{}'", "f'{a b}'", "f'{a!x}'", "f'}'", "f'{a:{b:{c}}}'", "f'{#}'", "f'{a", "f'{lambda x:1}'",
    "x = 1 +", "1 = x", "f() = 1", "def f(a, a): pass", "def f(a=1, b): pass", "f(a=1, 2)", "f(**k, *a)",
    "class A\n  pass", "for x in y\n  pass", "if x = 1:\n  pass", "while True print(1)", "break", "continue",
    "yield 1", "await x", "async def f():\n  yield from x", "def f():\n  x = 1\n  global x", "def f(x):\n  global x",
    "del f()", "del (1)", "None = 1", "True += 1", "(x for x in y) = 1", "a, b += 1", "lambda: (yield) = 1",
    "0777", "1__0", "0b12", "0xg", "1e", "1.2.3", "1a", "12if x else y if", "'\\N{nope}'", "'\\x1'", "b'\u00e9'", "'a' b'b'",
    "try:\n  pass\n", "try:\n  pass\nexcept:\n  pass\nexcept A:\n  pass", "try:\n  pass\nexcept* A:\n  break",
    "match x:\n  case a:\n    pass\n  case b:\n    pass", "match x:\n  case {**r, 'a': 1}:\n    pass",
    "import a.b as c.d", "from . import *\nfrom x import (a, b", "def f():\n  from x import *",
    "x: int: str", "(a, b): int = 1", "print(a b)", "[a b]", "{a: b, c}", "{a, b: c}", "a if b", "not", "*a", "*a = 1", "a, *b, *c = d",
    ")", "(]", "'''", "\\ x", "a\n  b", "if 1:\n", "@\ndef f(): pass", "else:\n  pass", "a := 1", "x = (y := 1, z := )", "\u20ac = 1", "a\u00a0= 1",
    "raise x from", "assert", "with a as 1: pass", "def f(*): pass", "def f(/, a): pass", "def f(a, *, **k): pass", "nonlocal x",
    "class A:\n  def f():\n    nonlocal y", "__debug__ = 1", "x.__debug__ = 1", "def __debug__(): pass", "from __future__ import nested, zzz",
]
for s in sources:
    try:
        compile(s, "<case>", "exec")
        print("fine", ascii(s))
    except SyntaxError as e:
        print(ascii(s), type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, ascii(e.text))
        print(ascii("".join(traceback.format_exception_only(e))))
    except ValueError as e:
        print(ascii(s), ascii(e))
