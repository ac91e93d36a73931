import sys
print(sys.flags.safe_path, sys.path[0])
import helper
