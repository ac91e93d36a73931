# The process replaces itself by python with another script; buffered output is lost.
import os
import sys
if len(sys.argv) > 1:
    print("second", sys.argv[1:], os.environ.get("MARK"), __name__)
    sys.exit(8)
print("flushed", flush=True)
print("lost")
os.environ["MARK"] = "set"
os.execv(sys.executable, [sys.executable, __file__, "again"])
