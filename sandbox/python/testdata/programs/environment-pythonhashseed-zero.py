# With seed 0 hashes and set orders are fixed.
import sys
print(hash("a"), hash(b"bytes"), hash(""), hash("é日"), hash((1, "x")), hash(1.5), hash(None) == hash(None))
print(list({"one", "two", "three", "four", "five"}), sys.flags.hash_randomization)
print({n: hash(n) for n in ("json", "__main__")})
import datetime
print(hash(datetime.date(2020, 1, 1)), hash(frozenset("abc")), hash("a" * 100))
