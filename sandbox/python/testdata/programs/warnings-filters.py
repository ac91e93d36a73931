# The filters at the start, in order, and the state of the module.
import sys
print("warnings" in sys.modules, sys.warnoptions)
import warnings
for f in warnings.filters:
    print(f)
print(warnings.defaultaction, warnings.onceregistry, warnings._filters_version if hasattr(warnings, "_filters_version") else "", warnings.showwarning is warnings._showwarning_orig)
import _warnings
print(_warnings.filters is warnings.filters, _warnings._onceregistry)
for n in "json", "logging", "unittest", "asyncio", "sqlite3", "multiprocessing", "xml.etree.ElementTree", "random", "re":
    __import__(n)
print(len(warnings.filters))
warnings.resetwarnings()
print(warnings.filters)
print("__warningregistry__" in globals())
