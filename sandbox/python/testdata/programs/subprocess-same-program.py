# The program runs itself again and compares what both see.
import subprocess
import sys
facts = [__name__, __file__, sys.argv[:1], sys.orig_argv[1:2], sys.executable, len(sys.modules), list(sys.modules)[-12:], sys.flags, sys.path, sorted(globals())]
print(*facts, sep="\n")
if len(sys.argv) == 1:
    sys.stdout.flush()
    out = subprocess.run([sys.executable, __file__, "child"], capture_output=True, text=True)
    print(out.stdout, out.stderr)
    out2 = subprocess.run([sys.executable, "main.py", "child"], capture_output=True, text=True)
    print(out2.stdout == out.stdout)
