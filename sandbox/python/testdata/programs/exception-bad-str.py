# Exceptions which cannot be shown.
import sys
import threading
import traceback


class BadStr(Exception):
    def __str__(self):
        raise ZeroDivisionError


class BadRepr(Exception):
    def __str__(self):
        return 7

    def __repr__(self):
        raise KeyError


class Sur(Exception):
    pass


Sur.__qualname__ = "Quali.fied"
Sur.__module__ = "some.module"
for e in BadStr(1), BadRepr(2), Sur("\ud800 é 日"), Sur(), Sur(""), KeyError("k"), KeyError(), StopIteration(Sur):
    traceback.print_exception(e)
    t = threading.Thread(target=lambda: exec("raise e", {"e": e}))
    t.start()
    t.join()
Sur.__module__ = 3
sys.stdout.write("no newline")
raise Sur("x") from BadStr(1)
