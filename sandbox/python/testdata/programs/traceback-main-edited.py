# The source shown is what the file holds when the error is printed, not when it was compiled.
import os
with open(__file__) as f:
    src = f.read()
with open(__file__, "w") as f:
    f.write(src.replace("the_first_name", "the_other_name"))


def go():
    the_first_name


try:
    go()
except NameError:
    import traceback
    traceback.print_exc()
os.unlink(__file__)
go()
