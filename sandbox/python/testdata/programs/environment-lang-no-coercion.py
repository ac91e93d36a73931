import locale
import os
import sys
print(sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, sys.flags.utf8_mode, locale.getpreferredencoding(), sys.getfilesystemencoding(), locale.setlocale(locale.LC_CTYPE))
print(ascii(sys.argv[1:]), os.environ.get("LC_CTYPE"))
print("é")
