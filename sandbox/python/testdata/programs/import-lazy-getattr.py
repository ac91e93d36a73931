# Module __getattr__, __dir__, __all__ with missing names, a module replaced by itself, submodule attributes.
import lazy
print(lazy.anything, dir(lazy))
from lazy import other
print(other)
try:
    from lazy import bad
except ImportError as e:
    print(e)
import selfrep
print(selfrep)
from selfrep import whatever
print(whatever)
try:
    from allbad import *
except AttributeError as e:
    print(e)
lazy.bad
