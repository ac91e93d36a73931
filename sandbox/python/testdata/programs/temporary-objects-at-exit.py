# Temporary files and directories cleaned up at the end, with the implicit cleanup's warning.
import os
import subprocess
import sys
import tempfile
if len(sys.argv) == 1:
    p = subprocess.run([sys.executable, "-Wdefault", "main.py", "x"], capture_output=True, text=True)
    print(len(os.path.basename(p.stdout.strip())), p.stderr.replace(p.stdout.strip() or "?", "NAME"), os.path.exists(p.stdout.strip()))
    print(tempfile.gettempdir(), tempfile.gettempprefix(), tempfile.tempdir, tempfile.gettempdir() == os.getcwd())
    n = tempfile.NamedTemporaryFile()
    print(os.path.dirname(n.name), len(os.path.basename(n.name)), oct(os.stat(n.name).st_mode))
    fd, name = tempfile.mkstemp(".suf", "pre")
    print(os.path.basename(name)[:3], name[-4:], len(os.path.basename(name)))
    d = tempfile.TemporaryDirectory()
    s = tempfile.SpooledTemporaryFile()
    print(sorted(len(x) for x in os.listdir(".")))
else:
    t = tempfile.TemporaryDirectory()
    print(t.name)
