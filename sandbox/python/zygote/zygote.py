"""The zygote: a CPython that is started once and forked for each run.

It is started as "python3 main.py" with this file on PYTHONPATH as
sitecustomize.py, so CPython imports it before it looks for its main.py. What
is written here prepares the interpreter: it imports modules ahead, and
puts native code in the place of two of CPython's functions. Py_RunMain, which
comes next, waits for the server and forks (native.c); a child goes on with
the real one, which finds the run's file, runs it and leaves. So tracebacks,
recursion depth, exit codes and signals are those of "python3 main.py", because
that is what it is. Py_FinalizeEx is the other: see End.

The other files of this directory come before this one in the same module.

The zygote itself never sees anything of a run but descriptors: what it saw,
each later child would find in its memory.
"""
from builtins import (  # a program may replace them, and is still ended by what is below
    BaseException, Exception, KeyError, OSError, OverflowError, RuntimeError, all, any, bool, bytes, callable, complex, dict, enumerate,
    float, frozenset, getattr, id, int, isinstance, len, list, max, open, range, reversed, set, setattr, sorted, str, sum, tuple, type, vars, zip)

LINE = 4  # the descriptor of the line to the server
PR_SET_NAME, PR_GET_TID_ADDRESS, SIGINT = 15, 40, 2


def zygote():
    import sys

    # This file is not what its name stands for. What is, if anything, is
    # imported in its place; that there is nothing is an ImportError, as ever.
    here = sys.path.pop(0)
    sys.path_importer_cache.pop(here, None)
    del sys.modules["sitecustomize"]
    try:
        import sitecustomize
    finally:
        import site
        real = site.execusercustomize

        def last():
            site.execusercustomize = real
            real()
            prepare(here)

        site.execusercustomize = last  # the last thing of the site import


def prepare(here):
    import sys
    with open(here + "/settings") as settings:
        preload, collections, native = settings
    preload = preload.split('"')[1::2]
    collections = [int(n) for n in collections.strip("()\n").split(",")]
    stash = Stash()
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    posix = stash.get("posix")
    try:
        interpreter = Interpreter(here, stash, collections, bytes.fromhex(native))
        for name in preload:
            stash.get(name)
        stash.hide()
        stash.watch_imports()
        sys.dont_write_bytecode = written
        warm_up()
        interpreter.install(preload)
        if len(posix.listdir("/proc/self/task")) != 1:
            raise RuntimeError("one of the modules starts a thread when it is imported: " + ", ".join(preload))
    except BaseException as e:
        posix.write(LINE, ("%s: %s" % (type(e).__name__, e)).encode())
        posix._exit(1)
    interpreter.gc.collect()
    interpreter.api.malloc_trim(0)


def fill_pools():
    """Has what a program allocates come from memory that nothing is in yet.

    The allocator has pools of 16 KiB with blocks of one size each. It prefers
    those that are used in part, which lie all over the heap, and every page
    of it that a child writes to is copied. So the rest of them is used up, until
    a pool shows that it is a new one by giving its first two blocks."""
    POOL, HEAD, STEP, MOST, EMPTY_BYTES, ENOUGH = 16 << 10, 48, 16, 512, 33, 50000  # of one size, should there be no such pools
    filler = []
    for size in range(STEP, MOST + 1, STEP):
        last = 0
        for _ in range(ENOUGH):
            block = object() if size == 16 else last | 1 << 40 if size == 32 else bytes(size - EMPTY_BYTES)
            filler.append(block)
            if last % POOL == HEAD and id(block) == last + size:
                break
            last = id(block)
    return filler


def warm_up():
    """Has the interpreter do once what it does for every program, so that what
    it allocates and remembers on the way is there before the fork."""
    exec(compile("def f(x): return [str(x)]\nf'{f(1)}'\n", "<warm>", "exec"), {})
    try:
        compile("(", "<warm>", "exec")
    except SyntaxError:
        pass

zygote()
