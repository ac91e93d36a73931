#!/usr/bin/env python2
# vim: set fileencoding=cp1252 :
print(ascii("€"), ascii(open(__file__, "rb").read()[40:60]))
"€".nope
