import faulthandler
import os
import sys
print("flushed", flush=True)
print("lost")
sys.stderr.write("partial err")
print(faulthandler.is_enabled(), flush=False)
os.abort()
