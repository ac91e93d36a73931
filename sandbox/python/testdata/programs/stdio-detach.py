# Detached and rewrapped stdout; the old object is used again.
import io
import sys
print("before")
raw = sys.stdout.detach()
try:
    print("after detach")
except ValueError as e:
    sys.stderr.write(f"{e}\n")
try:
    repr(sys.stdout)
except ValueError as e:
    sys.stderr.write(f"{e}\n")
raw.write(b"raw still works\n")
new = io.TextIOWrapper(raw, encoding="utf-16-le", line_buffering=True)
sys.stdout = new
print("wide")
sys.stdout.write("tail")
