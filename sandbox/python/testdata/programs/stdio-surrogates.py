# Surrogates written to stdout and stderr.
import sys
try:
    print("lone \udce9 here")
except UnicodeEncodeError as e:
    print(ascii(e), e.start, e.reason)
print("stderr \udce9 \ud800", file=sys.stderr)
sys.stdout.reconfigure(errors="surrogateescape")
print("escaped \udce9")
try:
    print("\ud800")
except UnicodeEncodeError as e:
    print(ascii(e))
sys.stdout.reconfigure(errors="strict")
print(ascii(sys.argv[1:]))
sys.stdout.write("tail")
print("partly", "\udcff")
