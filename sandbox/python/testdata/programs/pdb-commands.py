import pdb


def f(x):
    for i in range(3):
        x += i
    return x


pdb.run("f(5)")
print("after")
try:
    f("a")
except TypeError:
    pdb.post_mortem()
pdb.set_trace()
print("last")
