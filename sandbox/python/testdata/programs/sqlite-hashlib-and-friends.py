# C extension modules in use.
import array
import base64
import bz2
import hashlib
import lzma
import sqlite3
import struct
import zlib
c = sqlite3.connect("db.sqlite")
c.execute("create table t (a, b)")
c.executemany("insert into t values (?, ?)", [(1, "x"), (2, None)])
print(list(c.execute("select * from t order by a")), c.in_transaction)
c.create_function("f", 1, lambda v: v * 2)
print(c.execute("select f(21)").fetchone(), hashlib.sha256(b"x").hexdigest()[:16], hashlib.md5(b"").hexdigest(), sorted(hashlib.algorithms_guaranteed)[:3])
print(zlib.crc32(b"x"), bz2.decompress(bz2.compress(b"q")), lzma.decompress(lzma.compress(b"z")), struct.pack("<If", 1, 2), array.array("i", [1]), base64.b64encode(b"abc"))
try:
    c.execute("nonsense")
except sqlite3.OperationalError as e:
    print(e)
mem = sqlite3.connect(":memory:")
mem.execute("select zz")
