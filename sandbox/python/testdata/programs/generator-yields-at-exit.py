# A generator which ignores its closing, and one which raises.
import sys


def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            print("ignored")
            if sys.is_finalizing():
                return


def raises():
    try:
        yield
    finally:
        try:
            raise KeyError("inside finally")
        except KeyError as e:
            print("caught", e)


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as e:
    print(e)
r = raises()
next(r)
print("end")
