# Audit events of the program's own actions.
import re
import sys
import os
log = []
on = True


def hook(name, args):
    if on and name.split(".")[0] in ("open", "import", "exec", "compile", "os", "subprocess", "object", "sys", "marshal", "cpython"):
        log.append((name, [re.sub(r"pyc[.][0-9]+$", "pyc.NUMBER", a) if isinstance(a, str) else a if isinstance(a, (str, int, type(None))) else type(a).__name__ for a in args]))


def show(what):
    global on
    on = False
    print("--", what)
    for n, a in log:
        if n != "object.__getattr__":
            print("  ", n, [x.replace(os.getcwd(), "@") if isinstance(x, str) and len(x) < 200 else x if not isinstance(x, str) else len(x) for x in a])
    log.clear()
    on = True


sys.addaudithook(hook)
show("nothing")
import helper
show("import helper")
exec("1+1")
show("exec")
open("f", "w").close()
show("open")
import json
show("import json")
import colorsys
show("import colorsys")
os.listdir(".")
show("listdir")
import json
show("again")
