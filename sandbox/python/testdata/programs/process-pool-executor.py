# concurrent.futures with processes: results, errors, broken pool.
import concurrent.futures
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def f(x):
    return x + 1


def bad(x):
    raise KeyError(x)


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as ex:
        print(list(ex.map(f, range(5))))
        fu = ex.submit(bad, "k")
        print(repr(fu.exception()), str(fu.exception().__cause__).strip().splitlines()[-2])
        print(ex.submit(os.getpid).result() != os.getpid())
    left = ProcessPoolExecutor(1)
    left.submit(f, 1).add_done_callback(lambda r: print("done at exit", r.result(), flush=True))
    print("end", flush=True)
