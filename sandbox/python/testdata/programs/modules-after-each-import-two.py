# The same in the reverse order.
import sys
names = """json re random collections dataclasses typing enum threading logging asyncio unittest subprocess datetime decimal fractions
statistics tempfile uuid hashlib csv argparse pathlib urllib.parse xml.etree.ElementTree sqlite3 heapq bisect string textwrap itertools
functools contextlib copy pickle queue secrets concurrent.futures multiprocessing""".split()
seen = list(sys.modules)
for n in reversed(names):
    __import__(n)
    now = list(sys.modules)
    print(n, now[len(seen):], now[:len(seen)] == seen)
    seen = now
