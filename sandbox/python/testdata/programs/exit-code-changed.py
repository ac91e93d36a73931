import sys
try:
    sys.exit(1)
except SystemExit as e:
    e.code = 42
    print(e, e.code)
    raise
