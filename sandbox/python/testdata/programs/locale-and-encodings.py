# Locale, encodings and their environment.
import codecs
import io
import locale
import os
import sys
print(locale.getpreferredencoding(), locale.getpreferredencoding(False), locale.getencoding(), locale.getlocale(), sys.flags.utf8_mode)
print(locale.setlocale(locale.LC_ALL), locale.setlocale(locale.LC_CTYPE), locale.localeconv()["decimal_point"], locale.nl_langinfo(locale.CODESET))
print(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding(), os.fsencode("é\udcff"), ascii(os.fsdecode(b"\xff")))
print(io.text_encoding(None), open("f", "w").encoding, os.device_encoding(1))
print(locale.setlocale(locale.LC_ALL, ""), locale.strcoll("a", "B"), f"{1234567:n}")
try:
    locale.setlocale(locale.LC_ALL, "xx_YY")
except locale.Error as e:
    print(e)
with open("naïve ☃", "w") as f:
    f.write("é")
print(sorted(os.listdir(".")), [x for x in os.listdir(b".") if x[:1] == b"n"])
print(codecs.lookup("utf8").name, codecs.lookup_error("strict").__name__, sorted(sys.modules)[:3])
try:
    codecs.lookup_error("own")
except LookupError as e:
    print(e)
codecs.register_error("own", lambda e: ("?", e.end))
print("é".encode("ascii", "own"))
codecs.register(lambda n: print("search", n))
try:
    "x".encode("no-such-thing")
except LookupError as e:
    print(e)
