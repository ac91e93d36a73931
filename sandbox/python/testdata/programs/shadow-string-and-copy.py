# Own string.py and copy.py, which preloaded modules depend on.
import string
import copy
print(string.__file__, copy.__file__)
for n in "logging", "dataclasses", "argparse", "textwrap", "random", "json", "decimal", "email", "pprint", "tempfile", "statistics", "csv":
    try:
        __import__(n)
        print(n, "fine")
    except Exception as e:
        print(n, type(e).__name__, e)
logging = __import__("logging")
