# Bytes which are not UTF-8, written into a pipe that becomes stdin.
import os
import sys
r, w = os.pipe()
os.write(w, b"ok\nbad \xff\xe9 here\ntail\r\nnul\0x\n\xed\xa0\x80")
os.close(w)
os.dup2(r, 0)
for i in range(6):
    try:
        print(ascii(input()))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))
