# No child, no leftover zombie, and the process tree looks ordinary.
import os
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError as e:
    print(e)
print(open("/proc/thread-self/children").read().split() if os.path.exists("/proc/thread-self/children") else [])
import resource
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt)
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime < 1)
print(os.times().children_user, os.times().children_system)
