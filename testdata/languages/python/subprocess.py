# Runs another program and prints what it said.
import subprocess

result = subprocess.run(["echo", "child"], capture_output=True, text=True, check=True)
print(result.stdout, end="")
