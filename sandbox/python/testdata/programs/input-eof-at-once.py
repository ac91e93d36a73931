print(1)
x = input("? ")
