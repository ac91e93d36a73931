# Warnings given while compiling, in main, exec and a helper.
import sys
print("started")
x = 1
if x is 1:
    print("one")
assert (x, "always true")
y = "\d" if 0 else "\."
z = [1, 2](0) if 0 else None
x is "s" and print()
exec("x is 2")
exec("x is 2")
import helper
print(f"{x is 3}")
1 ()
