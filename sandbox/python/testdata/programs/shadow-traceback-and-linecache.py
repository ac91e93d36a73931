# Own traceback.py does not disturb the printing of an uncaught error.
import traceback
import linecache
import warnings
print(traceback.__file__, linecache.__file__)
warnings.warn("needs linecache for the source line")
undefined
