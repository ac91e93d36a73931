# Children by spawn import the main file under another name.
import multiprocessing as mp
import sys
print("top level", __name__, flush=True)


class C:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"C({self.v})"


def f(q, c):
    q.put((__name__, mp.current_process().name, repr(c), type(c).__module__, sys.argv, sys.modules["__main__"] is sys.modules["__mp_main__"], sys.path[0] == __file__.rpartition("/")[0], mp.get_start_method()))


if __name__ == "__main__":
    ctx = mp.get_context("spawn")
    q = ctx.Queue()
    p = ctx.Process(target=f, args=(q, C(3)))
    p.start()
    print(q.get())
    p.join()
    print(p.exitcode)
    p = ctx.Process(target=undefined if False else sys.exit, args=(5,))
    p.start()
    p.join()
    print(p.exitcode)
    try:
        ctx.Process(target=lambda: 0).start()
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
