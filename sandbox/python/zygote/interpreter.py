class Interpreter:
    """What native.c has to know of this one."""

    ROOM = 128 << 10  # of a message

    def __init__(self, here, stash, collections, native):
        import sys
        self.here, self.executable = here, sys.executable
        self.stash = stash
        OWN = 17  # of them, what there is made between the fork and a program's first look
        self.collections = [max(0, collections[0] - OWN)] + collections[1:]
        self.ctypes = ctypes = stash.get("ctypes")
        self.posix, self.gc = stash.get("posix"), stash.get("gc")
        self.os = os = sys.modules["os"]
        for name in "PYTHONPATH", "LD_BIND_NOW":
            del os.environ[name]
        self.native = native = Native(native, ctypes)
        self.api, self.word = native.api, native.word
        self.find_config(here)
        self.find_counts()
        self.end = End(self)
        self.collector = Collector(native, self.end, self.gc)

    def install(self, preload):
        """Puts native.c's serve in the place of Py_RunMain. fork(2) is made
        there, but so that a child is the server's own, which waits for it."""
        ctypes, api, native, word = self.ctypes, self.api, self.native, self.word
        self.end.install()
        randomness, after_fork = Randomness(native, self.end), self.stash.after_fork
        for name, functions in after_fork.items():
            after_fork[name] = [row for function in functions for row in randomness.rows(function)]
        for name in preload:
            self.stash.prepare_whole(name, self.end)
        for name, rows in after_fork.items():
            after_fork[name] = self.end.write(rows)
        CLONE_PARENT, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD = 0x8000, 0x1000000, 0x200000, 17
        SYS_get_robust_list = 274
        tid, head, size = word(), word(), word()
        api.prctl(PR_GET_TID_ADDRESS, ctypes.byref(tid))
        api.syscall(word(SYS_get_robust_list), word(0), ctypes.byref(head), ctypes.byref(size))
        message = native.map(self.ROOM)
        flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD
        at = native.address("Py_RunMain")
        SIZE = 14
        saved = ctypes.string_at(at, SIZE).ljust(32, b"\0")
        settle = self.end.keep(self.settle)
        PAGES = 8 * 4096
        hot, shared = native.map(PAGES), native.map(PAGES, native.SHARED)
        program = self.end.place(self.rehearsal())
        self.merge_mappings()
        areas = self.writable()
        areas = self.end.place(native.array(areas)), len(areas)
        server = self.end.place(native.array(
            [flags, tid.value, head.value, size.value, 0, 0, 0, 0, 0, 0, message, self.ROOM, self.end.python, at]
            + [int.from_bytes(saved[n:n + 8], "little") for n in range(0, 32, 8)] + [SIZE, settle, program, areas[0], areas[1] // 2, shared, hot]))
        native.replace(at, native.jump(native.serve, native.FIRST, server))
        api.prctl(PR_SET_NAME, b"exec-zygote")  # also of children, while they wait

    def settle(self):
        """The last thing before the first fork."""
        self.end.held.append(fill_pools())
        self.gc.freeze()  # no collection of a child's visits what is here now
        self.collector.watch()
        self.native.gather(self.copied())

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
        for m in mappings():
            if not m.file or m.rights[3] != "p":
                continue
            if last != (m.file, m.start, m.offset):
                runs.append([m.start, m.start, m.end, False])
            last = m.file, m.end, m.offset + m.end - m.start
            run = runs[-1]
            run[2], run[3] = m.end, run[3] or m.rights[1] == "w"
            if m.rights[2] == "x":
                run[1] = m.end
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
        return [at for m in mappings() if m.rights == "rw-p" and not m.stack for at in (m.start, m.end)]

    def copied(self):
        """Parts of memory whose map every fork copies: what was written to, and
        code that was patched."""
        READ_WRITE, READ_EXECUTE, SMALL = 3, 5, 64 << 10
        parts = []
        for m in mappings():
            if m.rights == "rw-p" and not m.stack and m.resident > max(SMALL, (m.end - m.start) // 2):
                parts.append((m.start, m.end - m.start, READ_WRITE))
            elif m.rights == "r-xp" and any([m.start <= at < m.end for at in self.native.patched]):
                parts.append((m.start, m.end - m.start, READ_EXECUTE))
        return parts

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
        first = api.PyInterpreterState_Get() + found[0]
        self.counts = [first + n * size + head + 4 for n in range(3)]
        self.enabled = first - 12  # two ints and what fills them up lie between
        switch, seen = ctypes.c_int.from_address(self.enabled), []
        for set_it in gc.disable, gc.enable:
            set_it()
            seen.append(switch.value)
        if seen != [0, 1]:
            raise RuntimeError("the collector's switch was not found")

    def restore(self):
        """For CPython to free."""
        self.file.value, self.argv.value = self.usual_file, self.usual_argv


def wide(text):
    """A wchar_t string."""
    return b"".join([ord(c).to_bytes(4, "little") for c in text + "\0"])  # without a trace in the codecs' caches
