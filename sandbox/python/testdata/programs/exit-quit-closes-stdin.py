# quit() closes stdin before raising.
import sys
try:
    quit("text")
except SystemExit as e:
    print(e.code, sys.stdin.closed)
try:
    input()
except Exception as e:
    print(type(e), e)
quit()
