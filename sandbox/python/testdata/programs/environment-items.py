# The whole environment, its order, and changes seen by children.
import os
import subprocess
print(list(os.environ.items()))
print(os.environ == dict(os.environ), os.getcwd() == os.environ["HOME"], os.path.expanduser("~"), type(os.environ).__name__, len(os.environb))
os.environ["NEW"] = "é\udcff"
os.environb[b"BIN"] = b"\xfe"
del os.environ["USER"]
os.putenv("PUT", "x")
print(ascii(os.environ["BIN"]), os.getenvb(b"NEW"), os.getenv("PUT"))
print(subprocess.run(["env"], stdout=-1).stdout)
os.unsetenv("NEW")
print(subprocess.run(["env"], stdout=-1, env={"ONLY": "1"}).stdout, "NEW" in os.environ)
for bad in ("a=b", "x"), ("nul\0", "x"), ("", "x"), (1, "x"):
    try:
        os.environ[bad[0]] = bad[1]
        print("accepted", bad)
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)
os.environ.clear()
print(subprocess.run(["/usr/bin/env"], stdout=-1).stdout)
