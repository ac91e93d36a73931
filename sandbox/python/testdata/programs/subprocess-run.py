# run in its usual forms, with errors.
import subprocess
import sys
p = subprocess.run([sys.executable, "-c", "import sys; print(sys.argv, sys.stdin.read()); sys.stderr.write('e'); sys.exit(3)", "a"], input="in", capture_output=True, text=True)
print(p.returncode, repr(p.stdout), repr(p.stderr))
try:
    subprocess.check_output(["sh", "-c", "echo out; exit 4"])
except subprocess.CalledProcessError as e:
    print(e, e.output)
try:
    subprocess.run("kill -9 $$", shell=True, check=True)
except subprocess.CalledProcessError as e:
    print(e)
try:
    subprocess.run(["no-such-command"])
except FileNotFoundError as e:
    print(e)
try:
    subprocess.run(["sleep", "10"], timeout=0.1)
except subprocess.TimeoutExpired as e:
    print(type(e).__name__, e.cmd)
print(subprocess.getstatusoutput("echo hi; exit 2"))
print("before", flush=True)
subprocess.run(["echo", "inherits stdout"])
subprocess.run("echo inherits stderr >&2", shell=True)
print(subprocess.run("cat", shell=True, stdin=subprocess.DEVNULL).returncode)
subprocess.run(["cat"])
subprocess.check_call(["false"])
