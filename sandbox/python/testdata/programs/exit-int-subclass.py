# int subclasses, __index__ and enum members as status.
import enum
import subprocess
import sys
cases = ["class I(int): pass\nv = I(5)", "class X:\n  def __index__(self): return 5\nv = X.__call__ and 5.5",
         "import enum\nclass E(enum.IntEnum):\n  A = 4\nv = E.A", "import enum\nclass E(enum.Enum):\n  A = 4\nv = E.A",
         "v = b'bytes'", "v = []", "v = ValueError('as value')", "v = SystemExit(3)", "v = False", "v = 1 << 31", "v = -(1 << 31)", "v = 1 << 63", "v = 255", "v = -256"]
for c in cases:
    p = subprocess.run([sys.executable, "-c", c + "\nimport sys\nsys.exit(v)"], capture_output=True, text=True)
    print(repr(c), p.returncode, p.stdout, p.stderr, sep=" | ")


class Mine(enum.IntFlag):
    A = 8
    B = 16


sys.exit(Mine.A | Mine.B)
