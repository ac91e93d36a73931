# The same with an uncaught error, whose status is 1.
import os
print("in the buffer")
os.close(1)
1 / 0
