# Several settings by the environment.
import sys
print(sys.flags, sys.pycache_prefix, sys.get_int_max_str_digits(), sys.dont_write_bytecode)
import helper
print(helper.__cached__)
try:
    int("1" * 5000)
except ValueError as e:
    print(e)
print(sys.path[0], sys.flags.safe_path, sys.platlibdir)
