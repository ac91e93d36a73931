# An error while handling SystemExit, and SystemExit while handling an error.
import sys
import traceback
try:
    try:
        sys.exit(4)
    except SystemExit:
        1 / 0
except ZeroDivisionError:
    traceback.print_exc()
try:
    {}["k"]
except KeyError:
    raise SystemExit("while handling")
