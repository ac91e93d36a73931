# LANG=C is coerced.
import os
import sys
import locale
print(sys.stdout.encoding, sys.stdout.errors, sys.stderr.encoding, sys.stdin.errors, sys.flags.utf8_mode, locale.getpreferredencoding(), os.environ.get("LC_CTYPE"), locale.setlocale(locale.LC_CTYPE))
print("é", ascii(sys.argv[1:]))
os.system("echo LC_CTYPE=$LC_CTYPE")
