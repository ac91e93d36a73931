import sys
import re
print(re.__file__, "enum" in sys.modules)
try:
    import textwrap
except AttributeError as e:
    print(e)
import string
