# A pool: map, errors with remote traceback, initializer, maxtasksperchild.
import multiprocessing as mp
import os
base = 10


def sq(x):
    return x * x + base


def bad(x):
    return 1 // x


def init(v):
    global base
    base = v


if __name__ == "__main__":
    with mp.Pool(2) as p:
        print(p.map(sq, range(6)))
        try:
            p.map(bad, [1, 0])
        except ZeroDivisionError as e:
            print(repr(e), type(e.__cause__).__name__)
            import traceback
            traceback.print_exc()
        print(p.apply(os.getpid) != os.getpid(), p.starmap(pow, [(2, 3), (3, 2)]), sorted(p.imap_unordered(sq, range(3))))
    with mp.Pool(1, init, (100,), maxtasksperchild=1) as p:
        squares = p.map(sq, [1, 2], chunksize=1)  # not printed here: a worker that is forked meanwhile would have it, too
        p.close()
        p.join()
    print(squares)
    try:
        p.map(sq, [1])
    except ValueError as e:
        print(e)
