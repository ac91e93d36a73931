# The loader of __main__ is not what it was.
del __loader__.name
print("done")
