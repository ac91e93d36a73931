# What both have a task do with a program: start it as a subprocess, with a timeout and no isolation.
import os
import subprocess
import tempfile


def run(code):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "main.py"), "w", encoding="utf-8") as file:
            file.write(code)
        done = subprocess.run(["/usr/bin/python3", "main.py"], cwd=directory, capture_output=True, text=True, timeout=5)
    return {"stdout": done.stdout, "stderr": done.stderr, "return_code": done.returncode}
