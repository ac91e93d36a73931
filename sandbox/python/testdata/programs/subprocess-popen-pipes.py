# Popen with pipes, ResourceWarning when left running, wait and poll.
import subprocess
import sys
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
p.stdin.write("é line\n")
p.stdin.flush()
print(p.stdout.readline(), p.poll(), p.stdout.encoding, p.stdin.errors, p.stdin.line_buffering)
p.stdin.close()
print(p.wait(), p.args, repr(p))
with subprocess.Popen(["sh", "-c", "echo a; echo b >&2"], stdout=-1, stderr=-2) as q:
    print(q.communicate())
a = subprocess.Popen(["echo", "piped"], stdout=subprocess.PIPE)
b = subprocess.Popen(["tr", "a-z", "A-Z"], stdin=a.stdout, stdout=subprocess.PIPE)
a.stdout.close()
print(b.communicate()[0], a.wait())
s = subprocess.Popen(["sleep", "30"])
s.terminate()
print(s.wait(), s.returncode)
print(subprocess.run([sys.executable, "-c", "print(input())"], input=b"x\n", stdout=-1).stdout)
print(subprocess._active, subprocess._USE_POSIX_SPAWN, subprocess._USE_VFORK)
