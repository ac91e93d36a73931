print(1)
x = "abc
print(2)
