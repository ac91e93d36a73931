# sys.exit replaced on its way out, and swallowed, and nested.
import sys


def f():
    try:
        sys.exit(1)
    finally:
        print("first finally")
        return "swallowed"


print(f())
try:
    sys.exit("caught")
except SystemExit as e:
    print(repr(e), e.code, e.args)
try:
    try:
        sys.exit(2)
    finally:
        print("second finally")
        sys.exit(3)
finally:
    print("third finally")
