# Files of these names beside the program are not imported before it.
import sys
import usercustomize
print("imported by hand")
import sitecustomize
print(sitecustomize.__file__)
