# Where the markers are placed: binary operators, subscripts, calls, long and wide lines.
import traceback
a, b, c, n = 1, {}, [1], None
cases = [
    lambda: a + 1 + (c + a) + 2,
    lambda: b["x"]["y"]["z"],
    lambda: n.foo.bar,
    lambda: (
        a
        / 0
    ),
    lambda: "é" + "ü" + "日本" + a + "語",
    lambda: max(a, key=lambda v: v)(1)(2),
    lambda: print(f"{a!r:>{'x'}}"),
    lambda: a @ b,
    lambda: not_defined,
    lambda: c[1:2, 3],
    lambda: -n,
]
for f in cases:
    try:
        f()
    except Exception:
        traceback.print_exc()
	
del a; b  ;  undefined_at_the_end   
