# Children of python by -c, -m, -, -I, -S, -X: their own view.
import subprocess
import sys


def run(*a, inp=None, **k):
    p = subprocess.run([sys.executable, *a], input=inp, capture_output=True, text=True, **k)
    print(a[0], p.returncode, p.stdout, p.stderr, sep="|")


show = "import sys; print(sys.argv, sys.orig_argv[1:], sys.flags.isolated, sys.flags.no_site, sys.path[0], __name__, '__file__' in dir(), sys._xoptions, sys.warnoptions)"
run("-c", show)
run("-I", "-c", show)
run("-S", "-Wignore", "-c", show)
run("-Xdev", "-Xa=b", "-c", show)
run("-", inp=show)
run("helper.py", "x")
run("-m", "helper", "y")
run("-m", "nope")
run("-m", "pkg", "z")
run("pkg")
run("missing.py")
run("-c", "1/0")
run("-O", "-c", "assert 0; print(__debug__)")
run("-q", "-i", inp="print(1)\n1/0\nexit(3)")
