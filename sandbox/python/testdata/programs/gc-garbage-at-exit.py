# What lies in gc.garbage at the end, without a call of gc's.
import gc
import warnings
warnings.simplefilter("always")


class Node:
    def __del__(self):
        print("end of Node")


gc.garbage.append(Node())
print(len(gc.garbage))
