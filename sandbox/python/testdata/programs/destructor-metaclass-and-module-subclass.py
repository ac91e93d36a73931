# Destructors on classes (by metaclass), on a module subclass and on the main module's own class.
import sys
import types


class Meta(type):
    def __del__(cls, w=sys.stdout.write):
        w("class gone %s\n" % cls.__name__)


class A(metaclass=Meta):
    pass


class B(A):
    pass


class Mod(types.ModuleType):
    def __del__(self, w=sys.stdout.write):
        w("module gone %s %s\n" % (self.__name__, sorted(k for k in vars(self) if k[0] != "_")))


m = Mod("m")
m.x = 1
sys.modules["m2"] = Mod("m2")
sys.modules["m2"].y = 2
sys.modules[__name__].__class__ = Mod
zlast = "still"
print("end")
