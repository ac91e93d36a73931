# Custom and restored threading.excepthook, and a hook that fails.
import sys
import threading


def go(f):
    t = threading.Thread(target=f, name="T")
    t.start()
    t.join()


def boom():
    raise ValueError("boom")


def hook(a):
    print(a.exc_type.__name__, a.exc_value, a.thread.name, a.exc_traceback.tb_frame.f_code.co_name, type(a).__name__)


print(threading.excepthook is threading.__excepthook__, threading.excepthook.__name__)
threading.excepthook = hook
go(boom)
threading.excepthook = lambda a: {}["in hook"]
go(boom)
threading.excepthook = None
try:
    go(boom)
except RuntimeError as e:
    print(e)
threading.excepthook = threading.__excepthook__
sys.stderr = None
go(boom)
sys.stderr = sys.__stderr__
go(boom)
