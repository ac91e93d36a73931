import os
old = os.umask(0o77)
print(oct(old))
