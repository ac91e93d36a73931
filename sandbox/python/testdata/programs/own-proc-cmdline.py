# The command line and environment block as the kernel shows them.
import os
print(open("/proc/self/cmdline").read().split("\0")[1:])
print(sorted(open("/proc/self/environ").read().split("\0")))
