class Native:
    """The code of native.c, and the interpreter's functions beside it."""

    FIRST, SECOND = b"\x48\xbf", b"\x48\xbe"  # arguments: mov rdi, mov rsi

    def __init__(self, code, ctypes):
        PAGE, READ_EXECUTE = 4096, 5
        self.ctypes, self.word = ctypes, ctypes.c_ulong
        # With the interpreter's lock held: a child has no thread to give it to.
        self.api = api = ctypes.PyDLL(None)
        api.mmap.restype = ctypes.c_void_p
        self.page = self.map(PAGE)
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
        MOST = 512 << 20
        place = self.map(MOST, self.PRIVATE | self.NORESERVE)
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

    PRIVATE, SHARED, NORESERVE = 2, 1, 0x4000

    def map(self, size, how=PRIVATE):
        """Memory from the kernel that nothing was in yet."""
        READ_WRITE, ANONYMOUS = 3, 0x20
        at = self.api.mmap(None, self.word(size), READ_WRITE, ANONYMOUS | how, -1, self.ctypes.c_long(0))
        if at == self.ctypes.c_void_p(-1).value:
            raise RuntimeError("the kernel gave no memory")
        return at

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
