"""The zygote: a CPython that is started once and forked for each run.

It is started as "python3 main.py" with this file on PYTHONPATH as
sitecustomize.py, so CPython imports it before it looks for its main.py. What
is written here prepares the interpreter: it imports modules ahead, and
puts native code in the place of two of CPython's functions. Py_RunMain, which
comes next, waits for the server and forks (native.c); a child goes on with
the real one, which finds the run's file, runs it and leaves. So tracebacks,
recursion depth, exit codes and signals are those of "python3 main.py", because
that is what it is. Py_FinalizeEx is the other: see End.

The zygote itself never sees anything of a run but descriptors: what it saw,
each later child would find in its memory.
"""
from builtins import (  # a program may replace them, and is still ended by what is below
    BaseException, Exception, KeyError, OSError, OverflowError, RuntimeError, bool, bytes, callable, complex, dict, enumerate, float,
    frozenset, getattr, id, int, isinstance, len, list, open, range, reversed, set, setattr, sorted, str, tuple, type, vars, zip)

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
    POOL, HEAD, STEP, MOST, EMPTY_BYTES = 16 << 10, 48, 16, 512, 33
    filler = []
    for size in range(STEP, MOST + 1, STEP):
        last = 0
        while True:
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


class Stash:
    """Modules imported ahead, and out of sight until they are asked for.

    In sys.modules they would shadow the program's own files, and be seen. So
    they are taken out of it. importlib takes a lock before it looks there for
    the last time, and then imports: taking the lock delivers them, in the order
    in which a real import would have come to their ends, with what each did to
    others on the way. Where anything might make a real import end differently,
    nothing is delivered, and it is made. So no frame of ours is under it."""

    def __init__(self):
        import sys
        import _frozen_importlib
        self.modules = sys.modules
        self.importlib = _frozen_importlib
        self.site = sys.modules["site"]
        self.loader = sys.modules["_frozen_importlib_external"].SourceFileLoader
        self.begin = dict(sys.modules)          # what a program finds there at its start
        self.importlibs = [sys.modules[n] for n in ("_frozen_importlib", "_frozen_importlib_external")]
        self.events = {}   # of a module's import, in order: the names that it imported or entered in sys.modules
        self.found = {}    # of a module's search: entries of sys.path_importer_cache, with their place in the order
        self.effects = {}  # of a module's import on others: functions and their arguments
        self.wholes = {}   # of large modules: what to deliver at once, see prepare_whole
        now, urandom = sys.modules["time"].time, sys.modules["posix"].urandom
        self.fixups = {    # what cannot stay as it was made in the zygote
            "threading": lambda m: m._main_thread._set_native_id(),
            "logging": lambda m: setattr(m, "_startTime", now()),
            "multiprocessing.process": lambda m: m._current_process._config.update(authkey=m.AuthenticationString(urandom(32))),
            "numpy.random.mtrand": lambda m: m.seed(),
        }

    def get(self, name):
        """Imports a module and records what happens on the way."""
        import sys
        import atexit
        import builtins
        import os
        import warnings

        modules, events, effects = self.modules, self.events, self.effects
        find, import_ = self.importlib._find_and_load, builtins.__import__
        at_fork, at_exit = os.register_at_fork, atexit.register
        stack, seen = [None], set(modules)
        cache, cached = sys.path_importer_cache, set(sys.path_importer_cache)

        def note(name):
            events.setdefault(stack[-1], []).append(name)

        def note_entered():
            for name in [n for n in modules if n not in seen and n not in stack]:
                seen.add(name)
                note(name)
            for key in [k for k in cache if k not in cached]:
                cached.add(key)
                self.found.setdefault(stack[-1], []).append((len(cached), key, cache[key]))

        def find_and_load(name, import_):
            note_entered()
            note(name)
            stack.append(name)
            filters = list(warnings.filters)
            attributes = [dict(vars(m)) for m in self.importlibs]
            try:
                return find(name, import_)
            finally:
                note_entered()
                for module, before in zip(self.importlibs, attributes):
                    space = vars(module)
                    changed = {n: v for n, v in space.items() if before.get(n, stack) is not v}
                    if changed and name == "importlib":  # it gives them another name
                        affect(space.update, changed)
                        space.update({n: before[n] for n in changed if n in before})
                        for n in changed.keys() - before.keys():
                            del space[n]
                added = [f for f in warnings.filters if f not in filters]
                if added:
                    affect(add_filters, added)
                stack.pop()
                if name in modules:
                    seen.add(name)

        def wrapped_import(name, globals=None, locals=None, fromlist=(), level=0):
            note_entered()
            module = import_(name, globals, locals, fromlist, level)
            if level:
                name = self.importlib._resolve_name(name, self.importlib._calc___package__(globals), level)
            parts = name.split(".")
            for n in range(len(parts)):
                note(".".join(parts[:n + 1]))
            for item in fromlist or ():
                if name + "." + str(item) in modules:
                    note(name + "." + item)
            return module

        def affect(function, *args, **kwargs):
            effects.setdefault(stack[-1], []).append((function, args, kwargs))

        def register_at_fork(**hooks):
            affect(forked, at_fork, hooks)

        def register(func, *args, **kwargs):
            affect(at_exit, func, *args, **kwargs)
            return func

        self.importlib._find_and_load, builtins.__import__ = find_and_load, wrapped_import
        os.register_at_fork, atexit.register = register_at_fork, register
        try:
            import_(name)
        finally:
            self.importlib._find_and_load, builtins.__import__ = find, import_
            os.register_at_fork, atexit.register = at_fork, at_exit
        return modules[name]

    def order(self, name):
        """The names whose import has to have ended when that of name ends, in
        the order in which they do."""
        order, visited = [], set(self.begin)

        def visit(name):
            parent = name.rpartition(".")[0]
            if parent and name not in visited:
                visit(parent)  # which may import it
            if name in visited:
                return
            visited.add(name)
            for other in self.events.get(name, ()):
                visit(other)
            if name in self.stashed:
                order.append(name)

        visit(name)
        return tuple(order)

    def hide(self):
        import sys
        import builtins
        modules, begin, importlib, found = self.modules, self.begin, self.importlib, self.found
        cache, import_ = sys.path_importer_cache, builtins.__import__
        for entries in found.values():
            for _, key, _ in entries:
                cache.pop(key, None)
        self.stashed = stashed = {n: m for n, m in modules.items() if n not in begin}
        self.orders = orders = {name: self.order(name) for name in stashed}
        self.attributes = attributes = {}  # of packages, that are set when the submodule is imported
        for name, module in stashed.items():
            parent, _, child = name.rpartition(".")
            space = vars(modules[parent]) if parent else {}
            if space.get(child) is module and name not in orders.get(parent, ()):
                attributes[name] = modules[parent], child
        for package, child in attributes.values():
            del vars(package)[child]
        for name in stashed:
            del modules[name]
        self.events.clear()

        # What a real import would be influenced by, as it is now.
        path, meta_path, path_hooks = list(sys.path), list(sys.meta_path), list(sys.path_hooks)
        tops = frozenset(n.partition(".")[0] for n in stashed)
        effects, fixups = self.effects, self.fixups
        effects.setdefault("gc", []).append((stashed["gc"].unfreeze, (), {}))  # who looks, finds it as ever
        listdir, original = modules["posix"].listdir, importlib._ModuleLockManager
        finder = modules["_frozen_importlib_external"].PathFinder._path_importer_cache
        delivered = set()
        missing = object()

        self.at_once = ()  # what was delivered so

        def usual():
            try:
                if (sys.path[1:] != path or sys.meta_path != meta_path or sys.path_hooks != path_hooks
                        or sys.modules is not modules or builtins.__import__ is not import_ or type(sys.path[0]) is not str):
                    return False
                return tops.isdisjoint([file.partition(".")[0] for file in listdir(sys.path[0])])
            except Exception:  # sys may have anything in it, or nothing any more
                return False

        def deliverable(order):
            for name in order:
                module = modules.get(name, missing)
                if module is missing:
                    if name in delivered or name in self.at_once:
                        return False
                elif module is not stashed[name]:
                    return False
            return True

        def _ModuleLockManager(name):
            order = orders.get(name)
            if order is not None and name not in modules and usual():
                if name in self.wholes and self.untouched():
                    deliver_whole(order, self.wholes.pop(name))
                elif deliverable(order):
                    deliver(order)
            return original(name)

        def deliver(order):
            finder(sys.path[0])
            order = [name for name in order if name not in modules]
            for _, key, value in sorted([entry for name in order for entry in found.get(name, ())]):
                cache[key] = value
            self.count.value += len(order)  # of what may be in sys.modules
            for name in order:
                delivered.add(name)
                modules[name] = stashed[name]
                finish(name)
            if len(order) > 8:  # in between, it has room
                self.expect_modules()

        def deliver_whole(order, whole):
            space, names, rest, entries, expectation = whole
            finder(sys.path[0])
            space["__main__"] = modules["__main__"]
            self.exchange(modules, space)
            self.at_once, self.kept = names, space
            for key, value in entries:
                cache[key] = value
            self.count.value += len(order)
            self.expect_modules(expectation)
            for name in rest:
                finish(name)

        def finish(name):
            if name in attributes:
                parent, child = attributes[name]
                vars(parent)[child] = stashed[name]
                self.expect(parent)
            for function, args, kwargs in effects.get(name, ()):
                function(*args, **kwargs)
            if name in fixups:
                fixups[name](stashed[name])
                self.expect(stashed[name])
            if name == "importlib":
                for changed in self.importlibs:
                    self.expect(changed)

        # A tracing program has seen no other file's functions in an import.
        for function in usual, deliverable, _ModuleLockManager, deliver, deliver_whole, finish:
            function.__code__ = function.__code__.replace(co_filename=importlib._find_and_load.__code__.co_filename)
        self.original, self.unfreeze = original, stashed["gc"].unfreeze
        importlib._ModuleLockManager = _ModuleLockManager

    def prepare_whole(self, name, end):
        """Gets a large module ready to be delivered to a program that has
        imported nothing yet: sys.modules takes over the table of a dictionary
        that has everything in it. To enter hundreds of modules one by one
        would be to write to each, and so to copy its page."""
        order = self.orders.get(name, ())
        if len(order) < 40:
            return
        space = {n: m for n, m in self.modules.items() if n != "site"}
        space["site"] = self.site  # the last to come to its end
        for n in order:
            space[n] = self.stashed[n]
        rest = [n for n in order if n in self.attributes or n in self.effects or n in self.fixups]
        entries = sorted([entry for n in order for entry in self.found.get(n, ())])
        self.wholes[name] = space, frozenset(order), rest, [entry[1:] for entry in entries], end.module_slots(space)

    def give_up(self):
        """Leaves CPython alone with what it has, to finalize it."""
        self.importlib._ModuleLockManager = self.original
        self.unfreeze()
        for kept in self.begin, self.stashed, self.effects, self.fixups, self.orders:
            kept.clear()


def forked(register, hooks):
    """What a module that wants to know of forks is told: there was one. Only
    threading is not: no lock was held, and the thread is still the main one."""
    after = hooks.get("after_in_child")
    if after is not None and getattr(after, "__module__", None) != "threading":
        after()
    register(**hooks)


def add_filters(added):
    import warnings
    warnings.filters[:0] = [f for f in added if f not in warnings.filters]
    warnings._filters_mutated()


class Native:
    """The code of native.c, and the interpreter's functions beside it."""

    FIRST, SECOND = b"\x48\xbf", b"\x48\xbe"  # arguments: mov rdi, mov rsi

    def __init__(self, code, ctypes):
        PAGE, READ_WRITE, READ_EXECUTE, PRIVATE_ANONYMOUS = 4096, 3, 5, 0x22
        self.ctypes, self.word = ctypes, ctypes.c_ulong
        # With the interpreter's lock held: a child has no thread to give it to.
        self.api = api = ctypes.PyDLL(None)
        api.mmap.restype = ctypes.c_void_p
        self.page = api.mmap(None, self.word(PAGE), READ_WRITE, PRIVATE_ANONYMOUS, -1, ctypes.c_long(0))
        ctypes.memmove(self.page, code, len(code))
        self.protect(self.page, len(code), READ_EXECUTE)
        self.stubs = self.page + PAGE - 4 * 32
        if len(code) > PAGE - 4 * 32:
            raise RuntimeError("the native code is too long")
        self.serve, self.run_list, changed, self.leave, self.quit, self.arena = [
            int.from_bytes(code[at:at + 8], "little") + self.page for at in range(0, 48, 8)]
        self.changed = ctypes.PYFUNCTYPE(ctypes.c_long, self.word, self.word)(changed)

    HUGE = 2 << 20  # bytes of a huge page

    def gather_arenas(self):
        """Has the allocator take its arenas from one place from here on."""
        READ_WRITE, PRIVATE_ANONYMOUS_NORESERVE, MOST = 3, 0x4022, 512 << 20
        place = self.api.mmap(None, self.word(MOST), READ_WRITE, PRIVATE_ANONYMOUS_NORESERVE, -1, self.ctypes.c_long(0))
        self.first = -(-place // self.HUGE) * self.HUGE
        self.arenas = self.array([self.first, place + MOST])
        self.usual = self.array([0, 0, 0])  # what is called with, to allocate, to free
        self.api.PyObject_GetArenaAllocator(self.usual)
        self.api.PyObject_SetArenaAllocator(self.array([self.ctypes.addressof(self.arenas), self.arena, self.usual[2]]))

    def merge_arenas(self):
        """Makes huge pages of that place, which a fork copies, and an end gives
        back, in one piece. Where the kernel has none, they stay small."""
        MADV_COLLAPSE = 25
        self.api.PyObject_SetArenaAllocator(self.usual)
        end = -(-self.arenas[0] // self.HUGE) * self.HUGE
        self.api.munmap(self.ctypes.c_void_p(end), self.word(self.arenas[1] - end))
        for at in range(self.first, end, self.HUGE):
            self.api.madvise(self.ctypes.c_void_p(at), self.word(self.HUGE), MADV_COLLAPSE)

    def protect(self, at, size, protection):
        page = at & -4096
        if self.api.mprotect(self.ctypes.c_void_p(page), self.word(at + size - page), protection) != 0:
            raise RuntimeError("memory could not be protected")

    def replace(self, at, code):
        READ_EXECUTE, READ_WRITE_EXECUTE = 5, 7
        self.protect(at, len(code), READ_WRITE_EXECUTE)
        self.ctypes.memmove(at, code, len(code))
        self.protect(at, len(code), READ_EXECUTE)

    def jump(self, to, register, argument):
        """Fourteen bytes that go to a function with an argument more. Behind
        the code on our page: mov register, argument; mov rax, to; jmp rax."""
        stub = register + argument.to_bytes(8, "little") + b"\x48\xb8" + to.to_bytes(8, "little") + b"\xff\xe0"
        at, self.stubs = self.stubs, self.stubs + 32
        self.replace(at, stub)
        return b"\xff\x25\0\0\0\0" + at.to_bytes(8, "little")  # jmp [rip]

    def array(self, words):
        words = list(words)
        return (self.word * len(words))(*words)

    def address(self, function):
        return self.ctypes.cast(getattr(self.api, function), self.ctypes.c_void_p).value


class Interpreter:
    """What native.c has to know of this one."""

    ROOM = 128 << 10  # of a message

    def __init__(self, here, stash, collections, native):
        import sys
        self.here, self.executable = here, sys.executable
        self.stash = stash
        self.collections = collections
        self.ctypes = ctypes = stash.get("ctypes")
        self.posix, self.gc = stash.get("posix"), stash.get("gc")
        self.os = os = sys.modules["os"]
        for name in "PYTHONPATH", "LD_BIND_NOW":
            del os.environ[name]
        self.native = native = Native(native, ctypes)
        native.gather_arenas()
        self.api, self.word = native.api, native.word
        self.find_config(here)
        self.find_counts()
        self.end = End(self)

    def install(self, preload):
        """Puts native.c's serve in the place of Py_RunMain. fork(2) is made
        there, but so that a child is the server's own, which waits for it."""
        ctypes, api, native, word = self.ctypes, self.api, self.native, self.word
        self.end.install()
        for name in preload:
            self.stash.prepare_whole(name, self.end)
        CLONE_PARENT, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD = 0x8000, 0x1000000, 0x200000, 17
        SYS_get_robust_list, READ_WRITE, PRIVATE_ANONYMOUS = 274, 3, 0x22
        tid, head, size = word(), word(), word()
        api.prctl(PR_GET_TID_ADDRESS, ctypes.byref(tid))
        api.syscall(word(SYS_get_robust_list), word(0), ctypes.byref(head), ctypes.byref(size))
        message = api.mmap(None, word(self.ROOM), READ_WRITE, PRIVATE_ANONYMOUS, -1, ctypes.c_long(0))
        flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD
        at = native.address("Py_RunMain")
        SIZE = 14
        saved = ctypes.string_at(at, SIZE).ljust(32, b"\0")
        settle = self.end.keep(self.settle)
        SHARED_ANONYMOUS, PAGE = 0x21, 4096
        hot, shared = [api.mmap(None, word(8 * PAGE), READ_WRITE, kind, -1, ctypes.c_long(0)) for kind in (PRIVATE_ANONYMOUS, SHARED_ANONYMOUS)]
        program = self.end.place(self.rehearsal())
        self.merge_mappings()
        areas = self.writable()
        areas = self.end.place(native.array(areas)), len(areas)
        server = self.end.place(native.array(
            [flags, tid.value, head.value, size.value, 0, 0, 0, 0, 0, 0, message, self.ROOM, hot, self.end.python, at]
            + [int.from_bytes(saved[n:n + 8], "little") for n in range(0, 32, 8)] + [SIZE, settle, program, areas[0], areas[1] // 2, shared]))
        native.replace(at, native.jump(native.serve, native.FIRST, server))
        api.prctl(PR_SET_NAME, b"exec-zygote")  # also of children, while they wait

    def settle(self):
        """The last thing before the first fork."""
        self.end.held.append(fill_pools())
        self.native.merge_arenas()
        self.gc.freeze()  # no collection of a child's visits what is here now

    def rehearsal(self):
        """The second message of a child that runs the file which is there for
        that: see childMessage."""
        HEAD = 9 * 8
        path, name = wide(self.here + "/main.py"), wide("main.py")
        strings = b"\0".join([self.here.encode(), self.executable.encode(), b"main.py", b""])
        strings += bytes(-len(strings) & 7)
        at = HEAD + len(strings)
        words = [at + len(path) + len(name), 0, HEAD, 0, 2, at, at + len(path), 1, 0]
        data = b"".join([n.to_bytes(8, "little") for n in words]) + strings + path + name
        return self.ctypes.create_string_buffer(data, len(data))

    def merge_mappings(self):
        """Has each file be mapped in two pieces, code and data, and not in the
        five or six that the loader makes: every fork copies each. So what may
        only be read in a file may be executed, and what the loader protected
        when it was done may be written to: by a program that may do with its
        memory what it likes anyway."""
        READ_WRITE, READ_EXECUTE, READ_WRITE_EXECUTE = 3, 5, 7
        runs = []  # of mappings, one behind the other in memory and in the file: start, end of what is code, end, whether there is data
        last = None
        with open("/proc/self/maps") as maps:
            for line in maps:
                area, rights, offset, _, inode, *name = line.split(maxsplit=5)
                start, end = [int(x, 16) for x in area.split("-")]
                if inode == "0" or rights[3] != "p":
                    continue
                if last != (name, start, int(offset, 16)):
                    runs.append([start, start, end, False])
                last = name, end, int(offset, 16) + end - start
                run = runs[-1]
                run[2], run[3] = end, run[3] or rights[1] == "w"
                if rights[2] == "x":
                    run[1] = end
        for start, data, end, writable in runs:
            if data > start:
                if not writable:
                    data = end
                self.native.protect(start, data - start, READ_WRITE_EXECUTE)  # or pages that were written to once would stay apart
                self.native.protect(start, data - start, READ_EXECUTE)
            if writable:
                self.native.protect(data, end - data, READ_WRITE)

    def writable(self):
        """Where memory is that is copied when it is written to: pairs of start
        and end, but for the stack."""
        areas = []
        with open("/proc/self/maps") as maps:
            for line in maps:
                area, rights, *_, name = line.split()
                if rights == "rw-p" and name != "[stack]":
                    areas += [int(x, 16) for x in area.split("-")]
        return areas

    # ---- what CPython's main will run -----------------------------------

    def find_config(self, here):
        """Where the interpreter keeps the name of its program.

        There is no interface to it; but it is known what must stand there."""
        posix, api, ctypes = self.posix, self.api, self.ctypes
        api._PyInterpreterState_GetConfig.restype = api.PyInterpreterState_Get.restype = ctypes.c_void_p
        config = api._PyInterpreterState_GetConfig(ctypes.c_void_p(api.PyInterpreterState_Get()))
        memory = posix.open("/proc/self/mem", posix.O_RDONLY)

        def read(at, size):
            try:
                return posix.pread(memory, size, at)
            except (OSError, OverflowError):
                return b""

        def word(at):
            return int.from_bytes(read(at, 8), "little")

        name, path = wide("main.py"), wide(here + "/main.py")
        words = range(config, config + 1024, 8)
        files = [at for at in words if read(word(at), len(path)) == path]
        argvs = [word(at) for at in words if word(at - 8) == 1 and read(word(word(at)), len(name)) == name]
        posix.close(memory)
        if len(files) != 1 or len(argvs) != 1:
            raise RuntimeError("the interpreter's configuration was not found")
        self.file_at, self.argv_at = files[0], argvs[0]
        self.file, self.argv = self.word.from_address(files[0]), self.word.from_address(argvs[0])
        self.usual_file, self.usual_argv = self.file.value, self.argv.value

    def find_counts(self):
        """Where the collector counts what was made since its last visits: when
        it comes next decides on the order in which destructors are called.
        Three generations, each of two pointers, a threshold and a count."""
        gc, ctypes, api = self.gc, self.ctypes, self.api
        before = gc.get_threshold()
        gc.set_threshold(700123, 70123, 7123)
        size, head = 24, 16
        state = ctypes.string_at(api.PyInterpreterState_Get(), 4096)
        found = [at for at in range(0, len(state) - 3 * size, 8) if all(
            state[at + n * size + head:][:4] == t.to_bytes(4, "little") for n, t in enumerate((700123, 70123, 7123)))]
        gc.set_threshold(*before)
        if len(found) != 1:
            raise RuntimeError("the collector's counts were not found")
        self.counts = [api.PyInterpreterState_Get() + found[0] + n * size + head + 4 for n in range(3)]

    def restore(self):
        """For CPython to free."""
        self.file.value, self.argv.value = self.usual_file, self.usual_argv


def wide(text):
    """A wchar_t string."""
    return b"".join([ord(c).to_bytes(4, "little") for c in text + "\0"])  # without a trace in the codecs' caches


class End:
    """The end of a child.

    Finalization by CPython visits the whole heap, which a child shares with
    the zygote as long as it does not. So Py_FinalizeEx is replaced by lists of
    calls that do what can be seen of it, to what the program itself has made.
    run_list makes them: no frame of ours may be under the program's atexit
    functions and destructors. The one function of ours that runs between them
    does so when those are done, or not yet begun. Where the list would not do,
    CPython is left to it."""

    ROW, STOP, JUMP, SKIP_IF = 7, 1, 2, 3      # see native.c
    FAILS, STATUS, SKIP = 1, 2, 4
    # What CPython sets to None before anything else.
    SPECIAL = ("path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
               "path_importer_cache", "meta_path", "__interactivehook__")
    STREAMS = ("stdin", "stdout", "stderr")
    LATE = ("open", "quit", "exit", "copyright", "credits", "license", "help")  # builtins that CPython adds late
    OWN = frozenset(SPECIAL + STREAMS + ("orig_argv",))
    PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))

    def __init__(self, child):
        import sys
        self.word = child.word
        self.child, self.native, self.ctypes, self.api, self.stash = child, child.native, child.ctypes, child.api, child.stash
        self.builtins, self.sys = vars(self.stash.get("builtins")), vars(sys)
        self.count_threads, self.run_exit_functions, self.reference, self.signal = (
            self.stash.get("_thread")._count, self.stash.get("atexit")._run_exitfuncs, self.stash.get("_weakref").ref, self.stash.get("_signal"))
        self.held = []  # what is not to be freed

        class at:
            """The addresses of the interpreter's functions."""

        self.at = at
        for name in ("Py_FinalizeEx", "PyThreadState_EnterTracing", "PyThreadState_LeaveTracing", "PyObject_CallNoArgs",
                     "PyObject_CallMethodObjArgs", "PyErr_WriteUnraisable", "PyErr_Clear", "PyDict_Update", "PyDict_GetItem",
                     "PyDict_DelItem", "Py_IncRef", "Py_DecRef", "PyGC_Collect", "PyGC_Enable", "_PyModule_Clear", "_PyModule_ClearDict", "PyOS_setsig", "memcpy"):
            setattr(at, name, self.native.address(name))
        self.api.PyThreadState_Get.restype = self.ctypes.c_void_p
        self.state = self.api.PyThreadState_Get()
        self.find_finalizing(sys)
        self.streams = [sys.stdin, sys.stdout, sys.stderr]

    def find_finalizing(self, sys):
        """Where sys.is_finalizing looks: behind five ints in the runtime's state."""
        ctypes = self.ctypes
        runtime = ctypes.addressof(ctypes.c_int.in_dll(self.api, "_PyRuntime"))
        self.finalizing = ctypes.c_ulong.from_address(runtime + 24)
        before = self.finalizing.value, sys.is_finalizing()
        if before[0] == 0:
            self.finalizing.value = self.state
            during = sys.is_finalizing()
            self.finalizing.value = 0
        if before != (0, False) or not during or sys.is_finalizing():
            raise RuntimeError("the interpreter's state was not found")

    def install(self):
        """Puts run_list in the place of Py_FinalizeEx."""
        self.remember()
        self.describe(self.child)
        array, at = self.python_clear
        array[at] = self.clear_main
        self.hold(self)  # native code is nothing that a collector can follow
        first = self.write(self.before_exit_functions())
        jump = self.native.jump(self.native.run_list, self.native.FIRST, first)
        self.saved = self.ctypes.string_at(self.at.Py_FinalizeEx, len(jump))
        self.native.replace(self.at.Py_FinalizeEx, jump)

    # ---- lists ----------------------------------------------------------

    def write(self, rows):
        """Makes a list of rows and returns its address."""
        words = []
        for row in rows + [(self.STOP,)]:
            words += row
            words += [0] * (self.ROW - len(row))
        return self.place(self.native.array(words))

    def place(self, array):
        self.held.append(array)
        return self.ctypes.addressof(array)

    def keep(self, value):
        """The address of something that lives as long as the process."""
        self.held.append(value)
        return id(value)

    def hold(self, value):
        """The address of something that lives until it is let go."""
        self.api.Py_IncRef(self.ctypes.py_object(value))
        return id(value)

    def set(self, space, values):
        return self.at.PyDict_Update, id(space), self.keep(values)

    def flush(self, stream, otherwise, about=0, flags=0):
        return self.at.PyObject_CallMethodObjArgs, id(stream), self.keep("flush"), 0, otherwise, about, flags

    def then(self, function):
        """Rows that have a function of ours say which list is next. The
        program's tracing does not see it."""
        def go_on():
            try:
                jump.value = function()
            except BaseException:
                try:
                    jump.value = self.as_ever()
                except BaseException:
                    pass  # there is no memory left: end it with what is there

        cell = self.native.array([self.JUMP, self.last_resort] + [0] * (self.ROW - 2))
        jump = self.ctypes.c_ulong.from_address(self.place(cell) + 8)
        at = self.at
        return [(at.PyThreadState_EnterTracing, self.state),
                (at.PyObject_CallNoArgs, self.keep(go_on)),
                (at.PyThreadState_LeaveTracing, self.state),
                (self.JUMP, self.ctypes.addressof(cell))]

    def as_ever(self):
        """Leaves it to CPython."""
        self.native.replace(self.at.Py_FinalizeEx, self.saved)
        self.finalizing.value = 0
        self.child.restore()
        self.stash.give_up()
        for kept in self.held:
            if type(kept) is dict:
                kept.clear()
        self.stash = self.streams = self.child = None
        return self.write([(self.at.Py_FinalizeEx, 0, 0, 0, 0, 0, self.STATUS)])

    # ---- the end, step by step -------------------------------------------

    def before_exit_functions(self):
        """Threads are waited for if there is anything to wait for with."""
        at, modules = self.at, self.stash.modules
        threads = self.then(self.join_threads)
        self.after_threads = self.write(
            [(at.PyObject_CallNoArgs, self.keep(self.run_exit_functions)),
             (self.native.leave, self.python, 0, 1, 0, 0, self.SKIP), (self.JUMP, self.usual_end)] + self.then(self.leave))
        rows = [(at.PyDict_GetItem, id(modules), self.keep("threading"), len(threads), 0, 0, self.SKIP)]
        return rows + threads + [(self.JUMP, self.after_threads)]

    def join_threads(self):
        threading = self.stash.modules["threading"]
        at = self.place_of_tag.get(id(threading))
        if at is not None and self.expected[2 * at + 1] == self.word.from_address(self.watch[at]).value:
            # It is about to note its end: from here on, look at what stays.
            self.expected[2 * at] = self.ctypes.addressof(self.expected) + 8 * (2 * at + 1)
        address = self.hold(threading)
        return self.write([(self.at.PyObject_CallMethodObjArgs, address, self.keep("_shutdown"), 0, self.at.PyErr_WriteUnraisable, address),
                           (self.JUMP, self.after_threads)])

    def prepare(self):
        """Writes what is the same in nearly all programs."""
        at, modules = self.at, self.stash.modules
        _, out, err = self.streams
        self.last_resort = self.write([self.flush(s, at.PyErr_Clear, 0, self.FAILS) for s in (out, err)])
        self.flush_usual = [self.flush(out, at.PyErr_WriteUnraisable, id(out), self.FAILS), self.flush(err, at.PyErr_Clear, 0, self.FAILS)]
        # sys.modules is emptied without a look at what is in it: a dictionary
        # has behind its head how many, a version, keys and values.
        HEAD, WORDS = 16, 32
        last = [(at.memcpy, id(modules) + HEAD, self.keep({}) + HEAD, WORDS)]
        # CPython puts the builtins back that there were before these.
        self.held += [self.builtins[name] for name in self.LATE]
        last += [(at.PyDict_DelItem, id(self.builtins), self.keep(name)) for name in self.LATE]
        last += [(at.PyGC_Enable,), (at.PyGC_Collect,)]
        self.signals = [(at.PyOS_setsig, SIGINT, 0)]  # whose handler is the only one that there is
        self.specials = [(at.PyGC_Collect,), self.set(self.builtins, {"_": None}), self.set(self.sys, dict.fromkeys(self.SPECIAL)),
                         self.set(self.sys, dict(zip(self.STREAMS, self.streams)))]
        flush_last = [self.flush(s, at.PyErr_Clear) for s in self.streams[1:]]

        # What is left of __main__ is for leave to fill in.
        none = id(None)
        clear = [(self.SKIP_IF, 0, none, 3), (at.Py_IncRef,), (at._PyModule_Clear,), (at.Py_DecRef,),
                 (self.SKIP_IF, 0, none, 3), (at.Py_IncRef,), (at._PyModule_ClearDict,), (at.Py_DecRef,)]
        before = self.flush_usual + self.signals + self.specials + [self.set(modules, {"__main__": None})] + last
        self.usual_end = self.write(before + clear + flush_last)
        self.clear_main = self.usual_end + 8 * self.ROW * len(before)

        # Any other program's modules are for end_modules.
        self.last, self.flush_last = last, flush_last

    def describe(self, child):
        """What native.c wants to know, in its order."""
        native, stash, os, site = self.native, self.stash, child.os, vars(self.stash.site)
        suffix = 0
        if self.stash.site.USER_BASE is not None:
            text = site["USER_SITE"][len(site["USER_BASE"]):].encode() + b"\0"
            suffix = self.place(self.ctypes.create_string_buffer(text))
        template = {n: v for n, v in vars(stash.modules["__main__"]).items() if n != "__annotations__"}
        key, value = self.keep, self.ctypes.addressof
        streams = self.slots(self.sys, self.STREAMS, False)[1:]
        watched = self.watch + streams
        stash.expect, stash.expect_modules, stash.untouched, stash.exchange = self.expect, self.expect_modules, self.untouched, self.exchange
        self.expected = native.array([w for at in watched for w in (at, self.word.from_address(at).value)])
        functions = ("PyBytes_FromString", "PyUnicode_DecodeFSDefault", "PyUnicode_FromWideChar", "PyUnicode_FromFormat",
                     "PyList_New", "PyList_SetItem", "PyDict_New", "PyDict_GetItem", "PyDict_SetItem", "PyDict_Update",
                     "PyModule_New", "PyModule_GetDict", "PyObject_CallNoArgs", "PyObject_CallOneArg", "PyObject_GetAttr",
                     "PyObject_SetAttr", "PyWeakref_NewRef", "PyType_GenericNew", "Py_DecRef", "PyErr_Clear", "setenv")
        words = [native.address(name) for name in functions] + [
            id(None), id(False), id(0),
            id(os.environ._data), key(b"HOME"), key(b"TMPDIR"),
            id(self.sys), key("argv"), key("orig_argv"), id(stash.modules), id(self.sys["path_importer_cache"]),
            id(site), key("USER_BASE"), key("USER_SITE"), suffix,
            key("__main__"), key(template), key("__annotations__"), key(child.gc.collect),
            child.file_at, child.argv_at, *child.counts, *child.collections,
            key("gc"), key("signal"), key(self.count_threads), value(self.expected), len(self.watch), len(streams),
            id(self.streams[1]), id(self.streams[2]), key("closed"), id(type(self.ctypes)), id(stash.loader), key("__loader__"), key("name"), key("path"),
            len(stash.begin), value(self.finalizing), self.state, 0]
        count, clear = len(words) - 4, len(words) - 1
        SIZE, leave = 14, native.address("exit")
        saved = self.ctypes.string_at(leave, SIZE).ljust(32, b"\0")
        exits = self.exit_functions(leave)
        self.place(exits)
        words += [value(exits), len(exits) // 2, native.address("fflush"), leave] + [int.from_bytes(saved[n:n + 8], "little") for n in range(0, 32, 8)] + [SIZE, 0, 0]
        array = native.array(words)
        self.place(array)
        stash.count = self.word.from_buffer(array, 8 * count)
        self.python, self.python_clear = value(array), (array, clear)
        native.replace(leave, native.jump(native.quit, native.SECOND, self.python))

    def exit_functions(self, leave):
        """Where the C library notes what to call at exit, and what is there:
        its exit begins with loading the address of the list's head (lea rsi).
        A piece of the list is the next one, how many it has, and four words for each."""
        code, LEA = self.ctypes.string_at(leave, 32), b"\x48\x8d\x35"
        word = self.word.from_address
        at = code.find(LEA) + len(LEA)
        if at < len(LEA) or at > 20:
            raise RuntimeError("the C library's list of exit functions was not found")
        head = leave + at + 4 + int.from_bytes(code[at:at + 4], "little", signed=True)
        piece = word(head).value
        n = word(piece + 8).value
        if not 0 < n <= 32:
            raise RuntimeError("the C library's list of exit functions was not understood")
        places = [head] + [piece + 8 * i for i in range(2 + 4 * n)]
        return self.native.array([w for at in places for w in (at, word(at).value)])

    def leave(self):
        """What is left to be done when the exit functions are through."""
        at, sys = self.at, self.sys
        if self.count_threads() > 0 or self.unusual():
            return self.as_ever()
        self.finalizing.value = self.state
        stream = sys.get("stdout")
        return self.write(self.flush_other(stream, at.PyErr_WriteUnraisable) + self.then(self.leave_stderr))

    def flush_other(self, stream, otherwise):
        try:
            closed = stream is None or stream.closed
        except Exception:
            closed = False
        if closed:
            return []
        address = self.hold(stream)
        return [self.flush(stream, otherwise, address, self.FAILS), (self.at.Py_DecRef, address)]

    def leave_stderr(self):
        return self.write(self.flush_other(self.sys.get("stderr"), self.at.PyErr_Clear) + self.end_modules())

    def end_modules(self):
        """The program's own modules end with their entry in sys.modules, if
        nobody else has them. Ours live on, but cannot be found any more. What
        is then left of the program's is cleared, and so is what is left of one
        that is gone: somebody who outlives the program has a part of it."""
        modules = self.stash.modules
        own, others, clear = [], [], []
        for name in self.new_modules():
            module = modules[name]
            if self.stash.stashed.get(name) is module:
                continue
            if isinstance(module, type(self.ctypes)):
                own.append(self.set(modules, {name: None}))
                clear.append(self.clear(module))
            else:
                others.append(self.set(modules, {name: None}))
        return self.signals + self.specials + own + others + self.last + [row for rows in reversed(clear) for row in rows] + self.flush_last

    def new_modules(self):
        """The names in sys.modules since the program began, and __main__."""
        modules, known = self.stash.modules, len(self.stash.begin)
        names = []
        for name in reversed(modules):
            if len(modules) - len(names) == known:
                break
            names.append(name)
        return ["__main__"] + names[::-1]

    def clear(self, module):
        space, none, reference = vars(module), id(None), self.reference(module)
        # A weak reference's third word is what it refers to.
        rows = [(self.SKIP_IF, self.keep(reference) + 16, none, 3)] + self.holding(module, self.at._PyModule_Clear)
        loader = space.get("__loader__")
        if type(loader) is self.stash.loader:
            # Others may have the loader; nobody has this one but the dictionary.
            witness = space["__loader__"] = type(loader)(loader.name, loader.path)
            rows += [(self.SKIP_IF, self.keep(self.reference(witness)) + 16, none, 3)] + self.holding(space, self.at._PyModule_ClearDict)
        return rows

    def holding(self, value, function):
        return [(self.at.Py_IncRef, id(value)), (function, id(value)), (self.at.Py_DecRef, id(value))]

    # ---- what is usual ----------------------------------------------------

    def remember(self):
        """Notes what is in the modules that outlive a program's: by words in
        memory, since reading those does not touch, and so copy, their pages.
        A dictionary has a tag that changes with it; of that of sys, which does
        change, each place is looked at."""
        import sys
        modules = {**self.stash.begin, **self.stash.stashed}
        spaces = {id(m): vars(m) for n, m in modules.items() if n not in ("__main__", "sys", "site") and isinstance(m, type(sys))}
        self.prepare()
        TAG = 24
        tags = {at: id(s) + TAG for at, s in spaces.items()}
        probe = {"a": 1}
        tag = self.ctypes.c_ulong.from_address(id(probe) + TAG)
        values = tag.value, tag.value, probe.update(a=2) or tag.value
        if values[0] != values[1] or values[1] == values[2]:
            raise RuntimeError("dictionaries have no version here")
        self.watch = list(tags.values()) + self.slots(self.sys, [n for n in self.sys if n not in self.OWN])
        self.usual_modules = [n for n in self.stash.begin if n not in ("__main__", "site")]
        self.watch += self.slots(self.stash.modules, self.usual_modules, False)
        self.place_of_tag = {at: n for n, at in enumerate(tags)}  # by the id of the module
        self.usual_sys = {n: id(v) for n, v in self.sys.items()}  # held, they would never be destroyed

    def module_slots(self, space):
        """Where the entries of sys.modules that should not change are, when its
        table is that of a dictionary; and what is there."""
        words = []
        for at in self.slots(space, self.usual_modules, False):
            words += at, self.word.from_address(at).value
        words[0] += id(self.stash.modules) - id(space)  # where its table is
        return self.native.array(words)

    def expect_modules(self, slots=None):
        """Looks for the entries of sys.modules again, should it have grown."""
        try:
            slots = slots or self.module_slots(self.stash.modules)
        except RuntimeError:
            self.expected[1] ^= 1  # something that the program began with is gone: it is unusual, for good
            return
        first = len(self.watch) - len(self.usual_modules) - 1
        self.ctypes.memmove(self.ctypes.addressof(self.expected) + 16 * first, slots, 8 * len(slots))

    def untouched(self):
        """Whether everything is as it was when the program began."""
        modules = self.stash.modules
        return len(modules) == len(self.stash.begin) and self.native.changed(self.ctypes.addressof(self.expected), len(self.watch)) < 0

    def exchange(self, a, b):
        """Has two dictionaries exchange what is in them."""
        HEAD, WORDS = 16, 32
        move, between = self.ctypes.memmove, self.native.array([0] * 4)
        move(between, id(a) + HEAD, WORDS)
        move(id(a) + HEAD, id(b) + HEAD, WORDS)
        move(id(b) + HEAD, between, WORDS)

    def slots(self, space, names, fixed=True):
        """Where in memory values of a dictionary are, and, if it is fixed, how
        many. Behind its head it has their number, a version, and a table: a
        reference count, the sizes of what follows, a version, room, entries
        used; then the indices, and then pairs of key and value."""
        word, KEYS, LOG_INDICES, USED, INDICES = self.ctypes.c_ulong.from_address, 32, 9, 24, 32
        table = word(id(space) + KEYS).value
        entries = table + INDICES + (1 << self.ctypes.c_ubyte.from_address(table + LOG_INDICES).value)
        values = {word(entries + 16 * n).value: entries + 16 * n + 8 for n in range(word(table + USED).value)}
        try:
            keys = {name: name for name in space}  # those that are in it, of equal ones
            found = [values[id(keys[name])] for name in names]
            if [word(at).value for at in found] != [id(space[name]) for name in names]:
                raise KeyError
        except KeyError:
            raise RuntimeError("a dictionary was not understood")
        return [id(space) + KEYS] + [table + USED] * fixed + found  # whose places are good as long as the table is

    def unusual(self):
        """Whether the program hung something of its own where our way would
        not find it, or looks at what the collector does."""
        modules = self.stash.modules
        if "gc" in modules or "signal" in modules and self.handles_signals():
            return True
        changed = self.native.changed(self.ctypes.addressof(self.expected), len(self.watch))
        if changed < 0:
            return False
        if changed < len(self.place_of_tag):
            return True  # something of a library's was replaced, or added to it
        for name, value in self.stash.begin.items():
            if name != "__main__" and modules.get(name) is not value:
                return True
        for name, value in self.sys.items():
            if self.usual_sys.get(name) != id(value) and name not in self.OWN and type(value) not in self.PLAIN:
                return True
        return False

    def expect(self, module):
        """Takes what a module has in it now for usual."""
        at = self.place_of_tag.get(id(module))
        if at is not None:
            self.expected[2 * at + 1] = self.word.from_address(self.watch[at]).value

    def handles_signals(self):
        default = self.signal.default_int_handler
        for number in range(1, 65):
            handler = self.signal.getsignal(number)
            if callable(handler) and handler is not default:
                return True
        return False


zygote()
