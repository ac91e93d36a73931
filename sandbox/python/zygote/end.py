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
        self.partial = self.stash.get("functools").partial
        self.held = []  # what is not to be freed
        self.stash.changed = self.native.changed

        class at:
            """The addresses of the interpreter's functions."""

        self.at = at
        for name in ("Py_FinalizeEx", "PyThreadState_EnterTracing", "PyThreadState_LeaveTracing", "PyObject_CallNoArgs",
                     "PyObject_CallMethodObjArgs", "PyErr_WriteUnraisable", "PyErr_Clear", "PyDict_Update", "PyDict_GetItem",
                     "PyDict_DelItem", "PyDict_SetItem", "PyList_Insert", "PyObject_Call", "Py_IncRef", "Py_DecRef", "PyGC_Collect", "PyGC_Enable", "_PyModule_Clear", "_PyModule_ClearDict", "PyOS_setsig", "memcpy"):
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
        stash.run, stash.expect, stash.expect_modules = native.run, self.expect, self.expect_modules
        self.expected = native.array([w for at in watched for w in (at, self.word.from_address(at).value)])
        self.expected_modules = value(self.expected) + 16 * (len(self.watch) - len(self.usual_modules) - 1)
        stash.watched += value(self.expected), len(self.watch), self.expected_modules, len(self.usual_modules) + 1
        functions = ("PyBytes_FromString", "PyUnicode_DecodeFSDefault", "PyUnicode_FromWideChar", "PyUnicode_FromFormat",
                     "PyList_New", "PyList_SetItem", "PyDict_New", "PyDict_GetItem", "PyDict_SetItem", "PyDict_Update",
                     "PyModule_New", "PyModule_GetDict", "PyObject_CallNoArgs", "PyObject_CallOneArg", "PyObject_GetAttr",
                     "PyObject_SetAttr", "PyWeakref_NewRef", "PyType_GenericNew", "Py_DecRef", "PyErr_Clear", "setenv")
        words = [native.address(name) for name in functions] + [
            id(None), id(False), id(0), id(1), id(2),
            id(os.environ._data), key(b"HOME"), key(b"TMPDIR"),
            id(self.sys), key("argv"), key("orig_argv"), id(stash.modules), id(self.sys["path_importer_cache"]),
            id(site), key("USER_BASE"), key("USER_SITE"), suffix,
            key("__main__"), key(template), key("__annotations__"), key(child.collector.collect),
            child.file_at, child.argv_at, *child.counts, child.enabled, *child.collections,
            key("signal"), key(self.count_threads), value(self.expected), len(self.watch), len(streams),
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
        stash.age, stash.python = native.age, self.python
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
            self.threads_are_joined()
            return self.as_ever()
        self.finalizing.value = self.state
        stream = sys.get("stdout")
        return self.write(self.flush_other(stream, at.PyErr_WriteUnraisable) + self.then(self.leave_stderr))

    def threads_are_joined(self):
        """Has CPython call nothing of threading, which was called already. It
        looks for it in sys.modules, and there finds what puts it back."""
        modules = self.stash.modules
        if "threading" in modules:
            threading = type(self.ctypes)("threading")  # with all that a daemon thread may want of it
            vars(threading).update(getattr(modules["threading"], "__dict__", {}))
            threading._shutdown = self.partial(modules.__setitem__, "threading", modules["threading"])
            modules["threading"] = threading

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
        self.watch = list(tags.values()) + self.child.collector.watched
        self.libraries = len(self.watch)
        self.watch += self.slots(self.sys, [n for n in self.sys if n not in self.OWN])
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

    def expect_modules(self):
        """Looks for the entries of sys.modules again, should it have grown."""
        try:
            slots = self.module_slots(self.stash.modules)
        except RuntimeError:
            self.expected[1] ^= 1  # something that the program began with is gone: it is unusual, for good
            return
        self.ctypes.memmove(self.expected_modules, slots, self.ctypes.sizeof(slots))

    # ---- what a large import does: see Stash.prepare_whole ------------------

    def exchange(self, space):
        """Rows that have sys.modules exchange what is in it with a dictionary."""
        HEAD, WORDS = 16, 32
        at, size, address = self.at, self.ctypes.sizeof, self.ctypes.addressof
        a, b, between = id(self.stash.modules) + HEAD, id(space) + HEAD, self.place(self.native.array([0] * 4))
        slots, count = self.module_slots(space), self.native.array([len(space)])
        return [(at.memcpy, between, a, WORDS), (at.memcpy, a, b, WORDS), (at.memcpy, b, between, WORDS),
                (at.memcpy, self.expected_modules, self.place(slots), size(slots)),
                (at.memcpy, address(self.stash.count), self.place(count), size(count))]

    def search(self, found):
        """Rows that enter in sys.path_importer_cache what a search has left:
        copies of it, which lie side by side, since each is written to."""
        keys = ["".join(list(key)) for _, key, _ in found]
        values = [self.copy(value) if type(value).__name__ == "FileFinder" else value for _, _, value in found]
        cache = id(self.sys["path_importer_cache"])
        return [(self.at.PyDict_SetItem, cache, self.keep(key), self.keep(value)) for key, value in zip(keys, values)]

    def copy(self, value):
        copy = type(value).__new__(type(value))
        for name, attribute in vars(value).items():
            setattr(copy, name, attribute)
        return copy

    def change(self, module, attributes):
        """Rows that change attributes, and have that expected."""
        TAG = 24
        rows, at = [self.set(vars(module), attributes)], self.place_of_tag.get(id(module))
        if at is not None:
            rows.append((self.at.memcpy, self.ctypes.addressof(self.expected) + 16 * at + 8, id(vars(module)) + TAG, 8))
        return rows

    def filters(self, added):
        """Rows that add filters of warnings."""
        warnings = self.stash.warnings
        return [(self.at.PyList_Insert, id(warnings.filters), 0, self.keep(f)) for f in reversed(added)] + [
            (self.at.PyObject_CallNoArgs, self.keep(warnings._filters_mutated))]

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
        if "signal" in modules and self.handles_signals():
            return True
        changed = self.native.changed(self.ctypes.addressof(self.expected), len(self.watch))
        if changed < 0:
            return False
        if changed < self.libraries:
            return True  # something of a library's was replaced, or added to it, or the collector was used
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
