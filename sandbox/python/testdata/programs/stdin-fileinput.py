# fileinput over stdin and files.
import fileinput
import sys
open("f1", "w").write("one\ntwo\n")
for line in fileinput.input(["f1", "-"]):
    sys.stdout.write(f"{fileinput.filename()} {fileinput.lineno()} {fileinput.filelineno()} {fileinput.isstdin()} {line}")
with fileinput.input("f1", inplace=True) as f:
    for line in f:
        print(line.strip().upper())
print(open("f1").read())
print(next(iter(fileinput.input()), "nothing in argv"))
