import sys


class Err:
    def write(self, s):
        sys.__stdout__.write("E:" + s)

    def flush(self):
        sys.__stdout__.write("[flush]\n")
        raise OSError("flush refused")


sys.stderr = Err()
raise KeyError("k")
