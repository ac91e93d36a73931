import sys
sys.breakpointhook = lambda *a, **k: print("hook", a, k)
breakpoint(1, x=2)
sys.breakpointhook = sys.__breakpointhook__
import os
os.environ["PYTHONBREAKPOINT"] = "0"
breakpoint()
os.environ["PYTHONBREAKPOINT"] = "builtins.print"
breakpoint("printed")
os.environ["PYTHONBREAKPOINT"] = "no.such.thing"
breakpoint()
os.environ["PYTHONBREAKPOINT"] = "helper.h"
breakpoint()
