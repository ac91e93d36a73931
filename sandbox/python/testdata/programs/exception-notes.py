# Notes of every shape.
import traceback
e = ValueError("noted")
e.add_note("one")
e.add_note("two\nlines")
e.add_note("")
e.add_note("\udce9 surrogate")
try:
    e.add_note(3)
except TypeError as t:
    print(t)
traceback.print_exception(e)
e.__notes__ = "not a list"
traceback.print_exception(e)
e.__notes__ = [1, object, None]


class Bad:
    def __str__(self):
        raise RuntimeError
    __repr__ = __str__


e.__notes__.append(Bad())
raise e
