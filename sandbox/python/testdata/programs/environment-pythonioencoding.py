import sys
for s in sys.stdin, sys.stdout, sys.stderr:
    sys.stderr.write(f"{s.encoding} {s.errors}\n")
sys.stdout.write("caf\xe9 \u2603\n")
print(ascii(input()))
raise ValueError("caf\xe9 \u2603")
