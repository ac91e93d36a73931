# argparse errors: status 2, program name main.py.
import argparse
p = argparse.ArgumentParser(description="d")
p.add_argument("n", type=int)
p.add_argument("--flag", action="store_true", help="a flag")
print(p.prog)
try:
    p.parse_args(["--help"])
except SystemExit as e:
    print(e.code)
print(p.parse_args(["3", "--flag"]))
p.parse_args()
