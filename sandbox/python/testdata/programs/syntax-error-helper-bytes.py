# Helpers written with bad bytes.
import traceback
files = {"h1": b"x = 1\0\n", "h2": b"s = '\xff'\n", "h3": b"\xef\xbb\xbfx = 5\n", "h4": b"# coding: latin-1\ns = '\xe9'\n", "h5": b"", "h6": b"\xff\xfex\0"}
for k, v in files.items():
    with open(k + ".py", "wb") as f:
        f.write(v)
for k in files:
    try:
        m = __import__(k)
        print(k, [n for n in vars(m) if n[0] != "_"])
    except (SyntaxError, ValueError) as e:
        print(k, ascii(e))
        traceback.print_exc()
import h2
