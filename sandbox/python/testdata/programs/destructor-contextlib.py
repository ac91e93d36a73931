# Context managers left open when the program ends.
import contextlib


@contextlib.contextmanager
def cm(n):
    print("enter", n)
    try:
        yield n
    except GeneratorExit:
        print("generator exit", n)
        raise
    finally:
        print("finally", n)


a = cm("a")
a.__enter__()
stack = contextlib.ExitStack()
stack.enter_context(cm("in stack"))
with cm("normal"):
    pass


class C(contextlib.AbstractContextManager):
    def __exit__(self, *e):
        print("exit", e[0])

    def __del__(self):
        print("del C")


c = C().__enter__()
with contextlib.suppress(KeyError), c:
    {}[1]
print("end")
