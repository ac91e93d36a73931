# execvp of a shell; descriptors not inheritable are gone, ignored SIGPIPE remains.
import os
import sys
f = open("/dev/null")
g = os.dup(f.fileno())
os.set_inheritable(g, True)
print("before", flush=True)
try:
    os.execvp("no-such-thing", ["x"])
except FileNotFoundError as e:
    print(e, flush=True)
os.execvp("sh", ["sh", "-c", "for i in 0 1 2 3 4 5 6 7; do [ -e /proc/$$/fd/$i ] && echo fd $i; done; grep SigIgn /proc/$$/status; kill -TERM $$"])
