# coding: latin-1
s = "café"
print(s, ascii(s), len(s))
def näme(): return s["ü"]
näme()
