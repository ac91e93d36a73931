import sys


class Code:
    def __str__(self):
        raise ValueError("no str")


print("start")
sys.exit(Code())
