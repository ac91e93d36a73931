# The variable set by the program itself has the same effect, and stdin is run.
import os
os.environ["PYTHONINSPECT"] = "1"
x = 41
raise ValueError("shown before the loop")
