# Identity of small objects, interned strings, singletons; dictionary order.
import sys
a = "hello_world"
b = "".join(["hello", "_world"])
print(a is b, sys.intern(b) is a, 256 is int("256"), int("257") is int("257"), () is tuple([]), "" is str(), "a" is "ba"[1], b"" is bytes(), frozenset() is frozenset([]))
print(None is type(None)(), ... is Ellipsis, True is bool(1), type(sys.implementation).__name__)
print(sys.stdout.encoding is sys.stdin.encoding, sys.byteorder, sys.float_info.max, len({1, True, 1.0}), list({"b": 1, "a": 2} | {"c": 3}))
x = [1]
print(x == x[:], x is x[:], id(x) == id(x), (lambda: 1) is (lambda: 1))
print([c.__name__ for c in type.__subclasses__(type)][:3], [c.__name__ for c in object.__subclasses__()][:8])
