# The object's str is printed; here str writes to stdout too.
import sys


class Code:
    def __str__(self):
        print("str called")
        return "the code"

    def __del__(self):
        print("code gone")


sys.exit(Code())
