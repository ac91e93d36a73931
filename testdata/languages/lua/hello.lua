-- Prints a greeting.
print("hello")
