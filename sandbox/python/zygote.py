"""The zygote: a CPython that is started once and forked for each run.

It is started as "python3 main.py" with this file on PYTHONPATH as
sitecustomize.py, so CPython imports it before it looks for its main.py. The end
of the site import then waits for the server. What returns from there is a
forked child, and by then the child is the run: CPython's own main goes on,
finds the run's file, runs it and leaves. So tracebacks, recursion depth, exit
codes and signals are those of "python3 main.py", because that is what it is.

The zygote itself never sees anything of a run but descriptors: what it saw,
each later child would find in its memory.
"""
from builtins import (  # a program may replace them, and is still ended by what is below
    AttributeError, BaseException, Exception, OSError, OverflowError, TypeError, bool, bytes, callable, dict, frozenset, getattr, hasattr, id,
    int, isinstance, len, list, map, range, reversed, set, sorted, str, tuple, type, vars, zip)

# Descriptors: of the line to the server; of a child's own line, and its ruleset.
LINE, CHILD_LINE, RULESET = 4, 3, 4
PR_SET_NAME, PR_GET_NAME = 15, 16


def zygote(preload, collections):
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
            serve(here, preload, collections)

        site.execusercustomize = last  # the last thing of the site import


def serve(here, preload, collections):
    """Gets everything ready, and then forks a child for each message, which
    brings the child's descriptors. Only a child returns."""
    import sys
    stash = Stash()
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    _socket, gc, posix = stash.get("_socket"), stash.get("gc"), stash.get("posix")
    line = _socket.socket(fileno=LINE)
    try:
        child = Child(here, stash, collections)
        for name in preload:
            stash.get(name)
        stash.hide()
        child.end.install()
        warm_up()
        if len(posix.listdir("/proc/self/task")) != 1:
            raise RuntimeError("one of the modules starts a thread when it is imported: " + ", ".join(preload))
    except BaseException as e:
        line.send(("%s: %s" % (type(e).__name__, e)).encode())
        posix._exit(1)
    sys.dont_write_bytecode = written
    gc.collect()
    gc.freeze()  # no collection of a child's visits what is here now
    line.send(b"ready")
    room = _socket.CMSG_SPACE(5 * 4)
    while True:
        request, control, _, _ = line.recvmsg(1, room)
        if not request:
            posix._exit(0)  # nobody is there any more
        data = control[0][2]
        fds = [int.from_bytes(data[at:at + 4], "little") for at in range(0, len(data), 4)]
        pid = child.fork()
        if pid == 0:
            break
        for fd in fds:
            posix.close(fd)
        line.send(pid.to_bytes(8, "little"))
    line.detach()
    child.become(fds)


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
        self.begin = dict(sys.modules)          # what a program finds there at its start
        self.importlibs = [vars(sys.modules[n]) for n in ("_frozen_importlib", "_frozen_importlib_external")]
        self.events = {}   # of a module's import, in order: the names that it imported or entered in sys.modules
        self.found = {}    # of a module's search: entries of sys.path_importer_cache, with their place in the order
        self.effects = {}  # of a module's import on others: functions and their arguments
        self.fixups = {    # what cannot stay as it was made in the zygote
            "threading": lambda m: m._main_thread._set_native_id(),
            "logging": lambda m: setattr(m, "_startTime", self.get("time").time()),
            "multiprocessing.process": lambda m: m._current_process._config.update(
                authkey=m.AuthenticationString(self.get("posix").urandom(32))),
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
            attributes = [dict(space) for space in self.importlibs]
            try:
                return find(name, import_)
            finally:
                note_entered()
                for space, before in zip(self.importlibs, attributes):
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
            if name in visited:
                return
            visited.add(name)
            parent = name.rpartition(".")[0]
            if parent:
                visit(parent)
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
        attributes = {}  # of packages, that are set when the submodule is imported
        for name, module in stashed.items():
            parent, _, child = name.rpartition(".")
            space = vars(modules[parent]) if parent else {}
            if space.get(child) is module and name not in orders.get(parent, ()):
                attributes[name] = space, child
        for name, (space, child) in attributes.items():
            del space[child]
        for name in stashed:
            del modules[name]

        # What a real import would be influenced by, as it is now.
        path, meta_path, path_hooks = list(sys.path), list(sys.meta_path), list(sys.path_hooks)
        tops = frozenset(n.partition(".")[0] for n in stashed)
        effects, fixups = self.effects, self.fixups
        effects.setdefault("gc", []).append((stashed["gc"].unfreeze, (), {}))  # who looks, finds it as ever
        listdir, original = stashed["posix"].listdir if "posix" in stashed else modules["posix"].listdir, importlib._ModuleLockManager
        finder = modules["_frozen_importlib_external"].PathFinder._path_importer_cache
        delivered = set()
        missing = object()

        def usual(order):
            if (sys.path[1:] != path or sys.meta_path != meta_path or sys.path_hooks != path_hooks
                    or sys.modules is not modules or builtins.__import__ is not import_):
                return False
            for name in order:
                module = modules.get(name, missing)
                if module is missing:
                    if name in delivered:
                        return False
                elif module is not stashed[name]:
                    return False
            try:
                return tops.isdisjoint([file.partition(".")[0] for file in listdir(sys.path[0])])
            except OSError:
                return False

        def _ModuleLockManager(name):
            order = orders.get(name)
            if order is not None and name not in modules and usual(order):
                deliver(order)
            return original(name)

        def deliver(order):
            finder(sys.path[0])
            order = [name for name in order if name not in modules]
            for _, key, value in sorted([entry for name in order for entry in found.get(name, ())]):
                cache[key] = value
            for name in order:
                delivered.add(name)
                module = modules[name] = stashed[name]
                if name in attributes:
                    space, child = attributes[name]
                    space[child] = module
                for function, args, kwargs in effects.get(name, ()):
                    function(*args, **kwargs)
                if name in fixups:
                    fixups[name](module)

        # A tracing program has seen no other file's functions in an import.
        for function in usual, _ModuleLockManager, deliver:
            function.__code__ = function.__code__.replace(co_filename=importlib._find_and_load.__code__.co_filename)
        self.original, self.unfreeze = original, stashed["gc"].unfreeze
        importlib._ModuleLockManager = _ModuleLockManager


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


class Child:
    """What a child does between its fork and its program."""

    def __init__(self, here, stash, collections):
        import sys
        self.stash = stash
        self.collections = collections
        self.ctypes = ctypes = stash.get("ctypes")
        self.posix = stash.get("posix")
        self.os = sys.modules["os"]
        self.time = sys.modules["time"]
        # With the interpreter's lock held: a child has no thread to give it to.
        self.api = ctypes.PyDLL(None)
        self.word = ctypes.c_ulong
        self.rest = b""  # what was read beyond a message
        self.prepare_fork()
        self.file_at, self.argv_at = self.find_config(here)
        self.counts = self.find_counts()
        self.end = End(self)

    # ---- fork -----------------------------------------------------------

    def prepare_fork(self):
        """fork(2), but the child is the server's own, which waits for it."""
        ctypes, api, word = self.ctypes, self.api, self.word
        CLONE_PARENT, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD = 0x8000, 0x1000000, 0x200000, 17
        SYS_clone, SYS_set_robust_list, SYS_get_robust_list, PR_GET_TID_ADDRESS = 56, 273, 274, 40
        self.name = ctypes.create_string_buffer(16)
        api.prctl(PR_GET_NAME, self.name)
        api.prctl(PR_SET_NAME, b"exec-zygote")  # also of children, while they wait
        tid, head, size = word(), word(), word()
        api.prctl(PR_GET_TID_ADDRESS, ctypes.byref(tid))
        api.syscall(word(SYS_get_robust_list), word(0), ctypes.byref(head), ctypes.byref(size))
        clone = [word(a) for a in (SYS_clone, CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0, tid.value, 0)]
        robust = [word(a) for a in (SYS_set_robust_list, head.value, size.value)]
        syscall, before, in_parent, in_child = api.syscall, api.PyOS_BeforeFork, api.PyOS_AfterFork_Parent, api.PyOS_AfterFork_Child
        before.restype = in_parent.restype = in_child.restype = None
        syscall.restype = ctypes.c_long

        def fork():
            before()
            pid = syscall(*clone)
            if pid == 0:
                syscall(*robust)
                in_child()
            else:
                in_parent()
                if pid < 0:
                    return 0 - 1
            return pid

        self.fork = fork

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
        api.PyMem_RawMalloc.restype = ctypes.c_void_p
        return files[0], argvs[0]

    def find_counts(self):
        """Where the collector counts what was made since its last visits: when
        it comes next decides on the order in which destructors are called.
        Three generations, each of two pointers, a threshold and a count."""
        gc, ctypes, api = self.stash.get("gc"), self.ctypes, self.api
        self.collect = gc.collect
        before = gc.get_threshold()
        gc.set_threshold(700123, 70123, 7123)
        size, head = 24, 16
        state = ctypes.string_at(api.PyInterpreterState_Get(), 4096)
        found = [at for at in range(0, len(state) - 3 * size, 8) if all(
            state[at + n * size + head:][:4] == t.to_bytes(4, "little") for n, t in enumerate((700123, 70123, 7123)))]
        gc.set_threshold(*before)
        if len(found) != 1:
            raise RuntimeError("the collector's counts were not found")
        return [ctypes.c_int.from_address(api.PyInterpreterState_Get() + found[0] + n * size + head + 4) for n in range(3)]

    def put_wide(self, at, text):
        text = wide(text)
        copy = self.api.PyMem_RawMalloc(self.ctypes.c_size_t(len(text)))
        self.ctypes.memmove(copy, text, len(text))
        self.word.from_address(at).value = copy

    # ---- the child ------------------------------------------------------

    def become(self, fds):
        """Makes this process the run, in two steps: what is known when its
        place is prepared, and what is known when its request is there."""
        failed = 1
        try:
            self.take_streams(fds)
            self.take_place(self.receive())
            failed = 2
            self.take_job(self.receive())
        except BaseException as e:
            self.say(0xfe, getattr(e, "errno", None) or 0, failed)
            self.posix._exit(1)

    def receive(self):
        """A message: its length, and fields with zero bytes between them."""
        posix, data = self.posix, self.rest
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
            more = posix.read(CHILD_LINE, 1 << 16)
            if not more:
                posix._exit(0)  # it is not needed any more
            data += more
        end = 4 + int.from_bytes(data[:4], "little")
        self.rest = data[end:]
        return data[4:end].split(b"\0")

    def say(self, what, first, second):
        self.posix.write(CHILD_LINE, bytes([what]) + first.to_bytes(8, "little") + second.to_bytes(8, "little"))

    def take_streams(self, fds):
        posix = self.posix
        for target, fd in enumerate(fds):  # each comes from above its place
            posix.dup2(fd, target)
        posix.closerange(len(fds), fds[-1] + 1)
        posix.setsid()

    def take_place(self, fields):
        posix, api, os = self.posix, self.api, self.os
        PR_SET_PDEATHSIG, PR_SET_DUMPABLE, SIGKILL, SYS_landlock_restrict_self = 1, 4, 9, 446
        uid, gid, parent, landlock = map(int, fields[:4])
        dir = os.fsdecode(fields[4])
        posix.setgroups([])
        posix.setresgid(gid, gid, gid)
        posix.setresuid(uid, uid, uid)
        api.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        api.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        if posix.getppid() != parent:
            posix._exit(1)  # the server died before that
        posix.chdir(dir)
        if landlock:
            if api.syscall(self.word(SYS_landlock_restrict_self), self.word(RULESET), self.word(0)) != 0:
                raise OSError(1, "landlock")
            posix.close(RULESET)
        self.take_environment(dir, fields[5:])

    def take_environment(self, dir, variables):
        os, posix, site = self.os, self.posix, self.stash.modules["site"]
        data = os.environ._data
        new = dict(v.split(b"=", 1) for v in variables)
        for name in [n for n in data if n not in new]:
            posix.unsetenv(name)
        data.clear()
        for name, value in new.items():
            posix.putenv(name, value)
            data[name] = value
        if site.USER_BASE is not None:
            old, site.USER_BASE = site.USER_BASE, dir + "/.local"
            site.USER_SITE = site.USER_BASE + site.USER_SITE[len(old):]

    def take_job(self, fields):
        import sys
        os, posix = self.os, self.posix
        n = int(fields[0])
        limits = self.word * 2
        for at in range(1, 1 + 3 * n, 3):
            resource, soft, hard = map(int, fields[at:at + 3])
            if self.api.setrlimit(resource, limits(soft, hard)) != 0:
                raise OSError(1, "setrlimit")
        at = 1 + 3 * n
        n = int(fields[at])
        for variable in fields[at + 1:at + 1 + n]:
            name, _, value = variable.partition(b"=")
            posix.putenv(name, value)
            os.environ._data[name] = value
        args = [os.fsdecode(f) for f in fields[at + 1 + n:]]
        sys.argv = args[1:]
        sys.orig_argv = args
        name = path = args[1]
        if not path.startswith("/"):
            path = posix.getcwd() + "/" + (path[2:] if path.startswith("./") else path)
        self.put_wide(self.file_at, path)
        self.put_wide(self.argv_at, name)
        main = self.stash.modules["__main__"]
        fresh = type(main)("__main__")  # the zygote's own is beyond the collector's reach
        vars(fresh).clear()
        vars(fresh).update(vars(main), __annotations__={})
        self.stash.modules["__main__"] = fresh
        # Cold, what there is by now is in the second generation, and with it
        # goes the order in which destructors are called.
        self.collect(0)
        self.api.prctl(PR_SET_NAME, self.name)
        for count, usual in zip(self.counts, self.collections):
            count.value = usual
        self.counts[0].value += 18  # what goes when this and its callers end
        self.say(0xff, self.time.monotonic_ns(), self.time.process_time_ns())
        posix.close(CHILD_LINE)


def wide(text):
    return b"".join([ord(c).to_bytes(4, "little") for c in text + "\0"])  # without a trace in the codecs' caches


class End:
    """The end of a child.

    Finalization by CPython visits the whole heap, which a child shares with
    the zygote as long as it does not. So Py_FinalizeEx is replaced by lists of
    calls that do what can be seen of it, to what the program itself has made.
    They are made by machine code: no frame of ours may be under the program's
    atexit functions and destructors, and the functions below, which write the
    lists, run between them and call nothing of the program's."""

    # A row has a function and its three arguments; what to call, with one
    # argument, when it returns 0; and flags. Instead of a function, there is 0
    # to skip the row, STOP, or JUMP, to another list.
    ROW, STOP, JUMP = 7, 1, 2
    FAILS, STATUS = 1, 2  # flags: 0 makes the status -1; what it returns is the status
    CODE = """
        53              push rbx
        55              push rbp
        4883ec08        sub  rsp, 8
        48bb{list}      mov  rbx, list
        31ed            xor  ebp, ebp       ; the status
        4c8b1b          mov  r11, [rbx]     ; next:
        4983fb01        cmp  r11, STOP
        744f            je   stop
        7241            jb   skip
        4983fb02        cmp  r11, JUMP
        7441            je   jump
        488b7b08        mov  rdi, [rbx+8]
        488b7310        mov  rsi, [rbx+16]
        488b5318        mov  rdx, [rbx+24]
        31c0            xor  eax, eax       ; no vector arguments
        41ffd3          call r11
        488b4b30        mov  rcx, [rbx+48]
        f6c102          test cl, STATUS
        7404            jz   else
        89c5            mov  ebp, eax
        eb1d            jmp  skip
        4c8b5b20        mov  r11, [rbx+32]  ; else:
        4d85db          test r11, r11
        7414            jz   skip
        4885c0          test rax, rax
        750f            jnz  skip
        f6c101          test cl, FAILS
        7403            jz   call
        83cdff          or   ebp, -1
        488b7b28        mov  rdi, [rbx+40]  ; call:
        41ffd3          call r11
        4883c338        add  rbx, 56        ; skip:
        ebae            jmp  next
        488b5b08        mov  rbx, [rbx+8]   ; jump:
        eba8            jmp  next
        89e8            mov  eax, ebp       ; stop:
        4883c408        add  rsp, 8
        5d              pop  rbp
        5b              pop  rbx
        c3              ret
    """
    # What CPython sets to None before anything else.
    SPECIAL = ("path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
               "path_importer_cache", "meta_path", "__interactivehook__")
    STREAMS = ("stdin", "stdout", "stderr")
    LATE = ("open", "quit", "exit", "copyright", "credits", "license", "help")  # builtins that CPython adds late
    OWN = frozenset(SPECIAL + STREAMS + ("orig_argv",))
    DEFINED = frozenset((type, type(lambda: 0)))
    PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))

    def __init__(self, child):
        import sys
        self.ctypes, self.api, self.stash = child.ctypes, child.api, child.stash
        self.builtins, self.sys = vars(self.stash.get("builtins")), vars(sys)
        self.count_threads, self.run_exit_functions, self.reference, self.signal = (
            self.stash.get("_thread")._count, self.stash.get("atexit")._run_exitfuncs, self.stash.get("_weakref").ref, self.stash.get("_signal"))
        self.held = []  # what is not to be freed
        api, ctypes = self.api, self.ctypes

        class functions:
            def __getattr__(self, name):
                address = ctypes.cast(getattr(api, name), ctypes.c_void_p).value
                setattr(self, name, address)
                return address

        self.at = at = functions()
        for name in ("Py_FinalizeEx", "PyThreadState_EnterTracing", "PyThreadState_LeaveTracing", "PyObject_CallNoArgs",
                     "PyObject_CallMethodObjArgs", "PyErr_WriteUnraisable", "PyErr_Clear", "PyDict_Update", "PyDict_Clear",
                     "PyDict_DelItem", "Py_DecRef", "PyGC_Collect", "PyGC_Enable", "_PyModule_Clear", "_PyModule_ClearDict"):
            getattr(at, name)
        api.PyThreadState_Get.restype = ctypes.c_void_p
        self.state = api.PyThreadState_Get()
        self.find_finalizing(sys)
        self.streams = [sys.stdout, sys.stderr]

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
        """Puts the machine code in the place of Py_FinalizeEx."""
        ctypes, api = self.ctypes, self.api
        self.remember()
        self.hold(self)  # machine code is nothing that a collector can follow
        first = self.write(self.then(self.join_threads))
        code = "".join(line.split()[0] for line in self.CODE.strip().splitlines())
        code = bytes.fromhex(code.format(list=first.to_bytes(8, "little").hex()))
        PAGE, READ_WRITE, READ_EXECUTE, PRIVATE_ANONYMOUS = 4096, 3, 5, 0x22
        api.mmap.restype = ctypes.c_void_p
        page = api.mmap(None, ctypes.c_size_t(PAGE), READ_WRITE, PRIVATE_ANONYMOUS, -1, ctypes.c_long(0))
        ctypes.memmove(page, code, len(code))
        api.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(PAGE), READ_EXECUTE)
        jump = b"\x48\xb8" + page.to_bytes(8, "little") + b"\xff\xe0"  # mov rax, page; jmp rax
        self.saved = ctypes.string_at(self.at.Py_FinalizeEx, len(jump))
        self.patch(jump)
        if ctypes.string_at(self.at.Py_FinalizeEx, len(jump)) != jump:
            raise RuntimeError("Py_FinalizeEx could not be replaced")

    def patch(self, code):
        PAGE, READ_WRITE_EXECUTE, READ_EXECUTE = 4096, 7, 5
        ctypes, api, at = self.ctypes, self.api, self.at.Py_FinalizeEx
        page = at & -PAGE
        size = ctypes.c_size_t(at + len(code) - page)
        if api.mprotect(ctypes.c_void_p(page), size, READ_WRITE_EXECUTE) != 0:
            raise RuntimeError("Py_FinalizeEx could not be replaced")
        ctypes.memmove(at, code, len(code))
        api.mprotect(ctypes.c_void_p(page), size, READ_EXECUTE)

    # ---- lists ----------------------------------------------------------

    def write(self, rows):
        """Makes a list of rows and returns its address."""
        words = []
        for row in rows + [(self.STOP,)]:
            words += row
            words += [0] * (self.ROW - len(row))
        list_ = (self.ctypes.c_ulong * len(words))(*words)
        self.held.append(list_)
        return self.ctypes.addressof(list_)

    def then(self, function):
        """Rows that have a function of ours write the rows to go on with. The
        program's tracing does not see it."""
        def go_on():
            try:
                rows = function()
            except BaseException:
                rows = self.as_ever()
            jump.value = self.write(rows)

        self.held.append(go_on)
        cell = (self.ctypes.c_ulong * (2 * self.ROW))()
        jump, stop = self.ctypes.c_ulong.from_buffer(cell, 8), self.ctypes.c_ulong.from_buffer(cell, 0)
        # A list that stops at once, should go_on fail.
        stop.value = self.JUMP
        jump.value = self.ctypes.addressof(cell) + 8 * self.ROW
        cell[self.ROW] = self.STOP
        self.held.append(cell)
        at = self.at
        return [(at.PyThreadState_EnterTracing, self.state),
                (at.PyObject_CallNoArgs, id(go_on), 0, 0, at.PyErr_WriteUnraisable, id(go_on)),
                (at.PyThreadState_LeaveTracing, self.state),
                (self.JUMP, self.ctypes.addressof(cell))]

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

    def call(self, value, method, otherwise, *rest):
        return self.at.PyObject_CallMethodObjArgs, id(value), self.keep(method), 0, otherwise, *rest

    # ---- the end, step by step -------------------------------------------

    def join_threads(self):
        rows = []
        threading = self.stash.modules.get("threading")
        if threading is not None:
            address = self.hold(threading)
            rows.append(self.call(threading, "_shutdown", self.at.PyErr_WriteUnraisable, address))
        rows.append((self.at.PyObject_CallNoArgs, self.keep(self.run_exit_functions)))
        return rows + self.then(self.leave)

    def leave(self):
        at = self.at
        if self.count_threads() > 0 or self.unusual():
            return self.as_ever()
        self.finalizing.value = self.state
        return self.flush("stdout", at.PyErr_WriteUnraisable) + self.then(self.end_modules)

    def as_ever(self):
        """Leaves it to CPython."""
        self.patch(self.saved)
        self.finalizing.value = 0
        self.stash.give_up()
        self.stash = self.spaces = self.streams = None
        return [(self.at.Py_FinalizeEx, 0, 0, 0, 0, 0, self.STATUS)]

    def flush(self, name, otherwise):
        stream = self.sys.get(name)
        if stream is None or closed(stream):
            return []
        address = self.hold(stream)
        return [self.call(stream, "flush", otherwise, address, self.FAILS), (self.at.Py_DecRef, address)]

    def end_modules(self):
        at, sys = self.at, self.sys
        rows = self.flush("stderr", at.PyErr_Clear)
        rows.append((at.PyGC_Collect,))
        rows.append(self.set(self.builtins, {"_": None}))
        rows.append(self.set(sys, dict.fromkeys(self.SPECIAL)))
        rows.append(self.set(sys, {n: sys.get("__" + n + "__") for n in self.STREAMS}))
        return rows + self.then(self.remove_modules)

    def remember(self):
        """Notes what is in the modules that outlive a program's. A dictionary
        has a tag that changes with it, and reading that does not touch its page."""
        modules = {**self.stash.begin, **self.stash.stashed}
        spaces = {id(m): vars(m) for n, m in modules.items() if n not in ("__main__", "sys") and hasattr(m, "__dict__")}
        self.spaces = [(self.tag(s), s, dict(s)) for s in spaces.values()]
        self.tags = [tag.value for tag, _, _ in self.spaces]
        self.usual_sys = {n: id(v) for n, v in self.sys.items()}  # held, they would never be destroyed
        self.names = frozenset(modules) - {"builtins", "__main__"}
        probe = {"a": 1}
        tag = self.tag(probe)
        tags = tag.value, tag.value, probe.update(a=2) or tag.value
        if tags[0] != tags[1] or tags[1] == tags[2]:
            raise RuntimeError("dictionaries have no version here")

    def tag(self, space):
        return self.ctypes.c_ulong.from_address(id(space) + 24)

    def unusual(self):
        """Whether the program hung something of its own where our way would
        not find it, or looks at what the collector does."""
        modules, usual, tags = self.stash.modules, self.usual_sys, self.tags
        if "gc" in modules:
            return True
        for name, value in self.sys.items():
            if usual.get(name) != id(value) and name not in self.OWN and not self.harmless(value, "sys"):
                return True
        for at, (tag, space, before) in enumerate(self.spaces):
            if tag.value != tags[at]:
                for name, value in space.items():
                    if before.get(name, self) is not value and name != "__warningregistry__" and not self.harmless(value, before.get("__name__", "")):
                        return True
        if "signal" in modules:
            default = self.signal.default_int_handler
            for number in range(1, 65):
                handler = self.signal.getsignal(number)
                if callable(handler) and handler is not default:
                    return True
        return False

    def harmless(self, value, owner):
        """Whether it is a plain value, was defined by a library, or is of a
        class of the very library that has it."""
        kind = type(value)
        if kind in self.PLAIN:
            return True
        if kind is type(self.ctypes):
            return value.__name__ in self.names
        if kind in self.DEFINED:
            return value.__module__ in self.names
        return kind.__module__ == "_thread" or kind.__module__.partition(".")[0] == owner.partition(".")[0]

    def remove_modules(self):
        """The program's own modules end with their entry in sys.modules, if
        nobody else has them. Ours live on, but cannot be found any more."""
        ours, modules, at = self.stash, self.stash.modules, self.at
        self.left, rows, run = [], [], {}
        for name, module in modules.items():
            if not isinstance(module, type(self.ctypes)):
                continue
            run[name] = None
            if name != "__main__" and ours.begin.get(name) is module or ours.stashed.get(name) is module:
                continue
            self.left.append((self.reference(module), id(vars(module)), self.witness(vars(module))))
            rows.append(self.set(modules, run))
            run = {}
        rows.append(self.set(modules, run))
        rows.append((at.PyDict_Clear, id(modules)))
        # CPython puts back what there was before these.
        rows += [(at.PyDict_DelItem, id(self.builtins), id(name)) for name in self.LATE if name in self.builtins]
        rows += [(at.PyGC_Enable,), (at.PyGC_Collect,)]
        return rows + self.then(self.clear_modules)

    def witness(self, space):
        """What lives as long as a module's dictionary and no longer."""
        try:
            return self.reference(space.get("__spec__") or space.get("__loader__"))
        except TypeError:
            return lambda: None

    def clear_modules(self):
        """What is left of modules is cleared. So is what is left of a module
        that is gone: somebody who outlives the program has a part of it."""
        at, rows = self.at, []
        for module, space, witness in reversed(self.left):
            module = module()
            if module is not None:
                address = self.hold(module)
                rows += [(at._PyModule_Clear, address), (at.Py_DecRef, address)]
            elif witness() is not None:
                rows.append((at._PyModule_ClearDict, space))
        rows += [self.call(s, "flush", at.PyErr_Clear) for s in self.streams if s is not None]
        return rows


def closed(stream):
    try:
        return bool(stream.closed)
    except Exception:
        return False
