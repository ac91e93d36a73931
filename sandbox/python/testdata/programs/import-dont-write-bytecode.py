import os
import sys
import helper
print(sys.dont_write_bytecode, sys.flags.dont_write_bytecode, os.path.exists("__pycache__"), helper.__cached__)
