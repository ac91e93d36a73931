import sys
try:
    sys.exit(1, 2)
except TypeError as e:
    print(e)
raise SystemExit(1, 2, "three")
