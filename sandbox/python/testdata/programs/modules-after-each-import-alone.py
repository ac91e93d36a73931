# Each import in a forked child of its own: the full list of what it brings.
import os
import sys
names = """json re random collections dataclasses typing enum threading logging asyncio unittest subprocess datetime decimal fractions
statistics tempfile uuid hashlib csv argparse pathlib urllib.parse urllib.request http.client xml.etree.ElementTree xml.dom.minidom sqlite3 heapq""".split()
start = len(sys.modules)
for n in names:
    pid = os.fork()
    if not pid:
        __import__(n)
        print(n, list(sys.modules)[start:])
        sys.exit()
    os.waitpid(pid, 0)
