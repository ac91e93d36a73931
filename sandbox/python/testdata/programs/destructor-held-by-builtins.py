# Objects held in builtins and in sys.
import builtins
import sys


class D:
    def __init__(self, n, w=sys.stderr.write):
        self.n = n
        self.w = w

    def __del__(self):
        self.w("del %s\n" % self.n)


builtins.mine = D("builtins.mine")
builtins._ = D("builtins._")
sys.mine = D("sys.mine")
sys.last_value = D("sys.last_value")
sys.ps1 = D("sys.ps1")
sys.path.append(D("in sys.path"))
sys.argv.append(D("in sys.argv"))
sys.meta_path.append(D("in sys.meta_path"))
sys.modules["zz"] = D("in sys.modules")
sys.displayhook = D("sys.displayhook")
g = D("global")
print("end")
