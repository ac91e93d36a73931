# Unseeded numpy generators differ among processes and forked children.
import os
import subprocess
import sys
import numpy as np
if len(sys.argv) > 1:
    print(np.random.random(), np.random.default_rng().random())
    sys.exit()
mine = [str(np.random.random()), str(np.random.default_rng().random())]
outs = [subprocess.run([sys.executable, "main.py", "x"], capture_output=True, text=True).stdout.split() for _ in range(2)] + [mine]
print([len(set(c)) for c in zip(*outs)])
np.random.seed(3)
print(np.random.randint(0, 1000, 4))
