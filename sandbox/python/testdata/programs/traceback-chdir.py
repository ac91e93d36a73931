# The working directory changed before the error: where is the source looked for.
import os
import helper
os.mkdir("sub")
os.chdir("sub")
with open("main.py", "w") as f:
    f.write("# not this\n" * 40)
try:
    helper.f()
except ZeroDivisionError:
    import traceback
    traceback.print_exc()
print(__file__, helper.__file__)
helper.f()
