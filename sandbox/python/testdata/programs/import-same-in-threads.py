# Threads that import the same modules at once, and one that is removed and
# imported again meanwhile.
import sys
import threading

start = threading.Barrier(4)
found = []


def work():
    start.wait()
    import json
    import random
    import string
    import textwrap
    found.append((json.dumps([1]), random.Random(1).random(), string.digits, textwrap.dedent(" x")))


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(found), set(found))

first = sys.modules.pop("json")
import json
print(json is first, json is sys.modules["json"], json.loads("[2]"))
import json as again
print(again is json)
sys.modules["string"] = None
try:
    import string
except ImportError as e:
    print(repr(e))
