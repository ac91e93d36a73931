# Objects held by imported modules of the program, in import order and reversed.
import sys
import h1
import h3
import h2
import pkg.sub
d = h1.D("main's")
sys.modules["fake"] = h1.D("not a module at all")
import types
m = types.ModuleType("made")
m.obj = h1.D("in a made module, kept in globals")
m2 = types.ModuleType("made2")
m2.obj = h1.D("in a made module, only in sys.modules")
sys.modules["made2"] = m2
del m2
h3.late = h1.D("h3.late set by main")
print("end")
