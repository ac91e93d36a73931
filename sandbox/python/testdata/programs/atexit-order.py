# Last in, first out; arguments; unregister; duplicates; run by hand.
import atexit


def say(*a, **k):
    print("say", a, k)


def unreg(*a):
    print("never")


print(atexit.register(say, 1) is say)
atexit.register(say, 2, k="v")
atexit.register(unreg)
atexit.register(unreg, 5)
atexit.unregister(unreg)
print(atexit._ncallbacks())
atexit._run_exitfuncs()
print(atexit._ncallbacks())


@atexit.register
def last():
    print("decorated")


for i in range(3):
    atexit.register(say, i)
try:
    atexit.register(3)
except TypeError as e:
    print(e)


class Eq:
    def __eq__(self, o):
        print("compared")
        return False

    def __call__(self):
        print("eq called")


atexit.register(Eq())
atexit.unregister(say)
atexit.register(say, "final")
