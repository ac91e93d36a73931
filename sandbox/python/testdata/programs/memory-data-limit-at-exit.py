# The end of a program whose limit on data leaves it nothing.
import atexit, resource, sys
atexit.register(print, "bye")
resource.setrlimit(resource.RLIMIT_DATA, (1, 1))
print("a")
