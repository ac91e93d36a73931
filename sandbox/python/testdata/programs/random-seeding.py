# Seeded values are exact; unseeded ones differ among runs and from the state of a child.
import os
import random
import secrets
import subprocess
import sys
import tempfile
import uuid
if len(sys.argv) > 1:
    print(random.random(), random.getrandbits(64), random.choice(range(10 ** 9)), uuid.uuid4(), secrets.token_hex(8), next(tempfile._get_candidate_names()), os.urandom(4).hex(), random.Random().random(), id(object()) and hash("x"))
    sys.exit()
outs = [subprocess.run([sys.executable, "main.py", "x"], capture_output=True, text=True).stdout.split() for _ in range(3)]
print([len(set(col)) for col in zip(*outs)])
random.seed(1)
print([random.random() for _ in range(3)], random.randint(1, 100), random.sample(range(50), 5), random.gauss(0, 1), random.choice("abc"))
random.seed("text")
print(random.random(), random.shuffle(l := list(range(10))), l, random.Random(5).random(), random.randbytes(4))
print(random._inst is random.random.__self__, random.getstate()[0], random.gauss.__self__ is random._inst)
print(random._inst.gauss_next)
u = uuid.uuid4()
print(u.version, u.variant, len(str(u)), len(secrets.token_urlsafe(16)), uuid.uuid5(uuid.NAMESPACE_DNS, "x"))
