# stdout is detached and nothing put in its place.
import sys
sys.stdout.write("lost or not?")
b = sys.stdout.detach()
b.write(b" more")
sys.stderr.write("end\n")
