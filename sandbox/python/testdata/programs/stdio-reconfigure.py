# reconfigure with encodings, error handlers, newline and buffering.
import os
import sys
o = sys.stdout
print("é")
o.reconfigure(encoding="latin-1")
print("é", o.encoding, o.errors)
o.reconfigure(errors="backslashreplace")
print("日本", o.encoding, o.errors)
o.reconfigure(encoding="ascii", errors="xmlcharrefreplace")
print("日本é")
o.reconfigure(newline="\r\n")
print("crlf\nhere")
o.reconfigure(newline="\n", line_buffering=True)
print("line buffered")
os.write(1, b"direct\n")
o.reconfigure(line_buffering=False, write_through=True)
o.write("through")
os.write(1, b" direct\n")
print(o.line_buffering, o.write_through)
o.reconfigure(encoding="utf-16")
print("a")
o.reconfigure(encoding="utf-8-sig")
print("b")
o.reconfigure(encoding="utf-8")
sys.stdin.reconfigure(encoding="latin-1", newline="")
print(ascii(sys.stdin.readline()))
try:
    sys.stdin.reconfigure(encoding="utf-8")
except Exception as e:
    print(type(e).__name__, e)
try:
    o.reconfigure(encoding="nope")
except LookupError as e:
    print(e)
sys.stderr.reconfigure(encoding="ascii", errors="namereplace")
raise ValueError("é in the message")
