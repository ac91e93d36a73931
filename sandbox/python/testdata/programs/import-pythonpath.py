# PYTHONPATH and other variables put before the program.
import os
import sys
print([p.replace(os.getcwd(), "@") for p in sys.path])
import helper
import json
print(helper.__file__, json.__file__)
