# The order in which globals of the main module are destroyed.
class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n, sorted(k for k, v in globals().items() if isinstance(v, D)), type(D).__name__)


b = D("b")
_under = D("_under")
a = D("a")
__dunder = D("__dunder")
_a2 = D("_a2")
z = D("z")
__builtins__x = D("__builtins__x")
lst = [D("l0"), D("l1")]
dct = {"k": D("d")}
a = D("a again")
del z
z = D("z again")
é = D("é")
tup = (D("t0"), [D("t1")])
print("end")
