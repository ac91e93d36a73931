import locale
import sys
print(sys.stdout.encoding, sys.stdout.errors, sys.flags.utf8_mode, locale.getpreferredencoding(), sys.getfilesystemencoding(), locale.setlocale(locale.LC_CTYPE))
print("caf\xe9 end")
