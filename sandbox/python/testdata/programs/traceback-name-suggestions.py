# "Did you mean" texts.
import json
import helper
colour = 1
for src in "colur", "json.dmups", "helper.valeu", "json.zzz", "import_", "[].apend(1)", "prin(1)", "sys", "time.time()":
    try:
        eval(src)
    except Exception:
        import traceback
        traceback.print_exc(limit=0)


class A:
    def method(self):
        return meth

    meth = 1
    methods = 2

    def __init__(self):
        self.valeus = 3


def imp():
    from helper import valeu


def local():
    counter = 1
    return countr + counter


import threading
for f in lambda: colur, lambda: json.dmups, lambda: A().mthod, A().method, imp, local, lambda: [].apend(1), lambda: A().values, lambda: prnit, lambda: helper.valeu:
    t = threading.Thread(target=f)
    t.start()
    t.join()
imp()
