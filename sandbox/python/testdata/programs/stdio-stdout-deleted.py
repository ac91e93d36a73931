import sys
keep = sys.stdout
del sys.stdout
try:
    print("x")
except RuntimeError as e:
    keep.write(f"{e}\n")
del sys.stdin
try:
    input()
except RuntimeError as e:
    keep.write(f"{e}\n")
keep.write("tail")
del keep
del sys.stderr
sys.exit("to the descriptor itself")
