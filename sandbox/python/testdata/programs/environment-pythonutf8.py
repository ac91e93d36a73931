import locale
import sys
print(sys.flags.utf8_mode, sys.stdout.encoding, sys.stdout.errors, sys.stdin.errors, locale.getpreferredencoding(), locale.getencoding(), locale.setlocale(locale.LC_CTYPE))
