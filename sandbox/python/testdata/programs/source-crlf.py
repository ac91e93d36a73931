# every line ends in carriage return and newline
x = """a
b"""
print(ascii(x))
def f():
    return x.nope

print(open(__file__, newline="").read().count("\r"))
f()
