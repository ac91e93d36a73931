# The program's own random.py wins, also for modules which need random.
import random
print(random.__file__, random.value)
try:
    import tempfile
    print(tempfile.__name__, tempfile.mktemp())
except Exception as e:
    print(type(e).__name__, e)
import secrets
