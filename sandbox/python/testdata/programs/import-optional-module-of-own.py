# Modules that libraries look for and do not find, until the program has one.
import copy
import decimal
print("after")
