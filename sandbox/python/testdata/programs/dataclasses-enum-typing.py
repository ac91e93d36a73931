# Things made at run time by dataclasses, enum, typing, namedtuple: their modules and sources.
import collections
import dataclasses
import enum
import typing
import sys


@dataclasses.dataclass(order=True)
class D:
    a: int
    b: list = dataclasses.field(default_factory=list)


P = collections.namedtuple("P", "x y")
E = enum.Enum("E", "A B")
NT = typing.NamedTuple("NT", [("q", int)])
TD = typing.TypedDict("TD", {"k": int})
T = typing.TypeVar("T")
M = dataclasses.make_dataclass("M", ["z"])
N = typing.NewType("N", int)
print(D(1), D(1) < D(2), D.__init__.__code__.co_filename, D.__init__.__module__ if hasattr(D.__init__, "__module__") else "")
for c in D, P, E, NT, TD, T, M, N:
    print(c.__name__, c.__module__)
print(typing.get_type_hints(D), T, typing.List[int], typing.Union[int, str], D.__match_args__, repr(E.A), repr(M(1)), N)


class F(enum.Flag):
    X = enum.auto()
    Y = enum.auto()


print(F.X | F.Y, repr(F(3)), list(F), F.__module__)
try:
    D()
except TypeError as e:
    print(e)


class Proto(typing.Protocol):
    def m(self): ...


print(isinstance(D(1), typing.Hashable), typing.get_type_hints(lambda: 0))
D(1).__class__("a").__init__()
