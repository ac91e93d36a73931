# The shortest program: it prints a line.
print("hello")
