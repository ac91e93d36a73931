# PYTHONWARNINGS before the program.
import sys
import warnings
print(sys.warnoptions, len(warnings.filters), warnings.filters[:3])
f = open("main.py")
del f
warnings.warn("shown as default", DeprecationWarning)
import helper
warnings.warn("an error", UserWarning)
