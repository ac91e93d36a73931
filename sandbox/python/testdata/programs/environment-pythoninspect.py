# PYTHONINSPECT with an empty stdin: the interactive loop starts after the program.
import atexit
atexit.register(print, "atexit")
print("program")
