# Several file objects on descriptor 1, flushed in destruction order.
import os
import sys
a = open(1, "w", closefd=False)
b = os.fdopen(1, "wb", closefd=False)
c = open(os.dup(1), "w")
a.write("a\n")
b.write(b"b\n")
c.write("c\n")
sys.stdout.write("stdout\n")
