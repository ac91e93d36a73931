class Native:
    """The code of native.c, and the interpreter's functions beside it."""

    FIRST, SECOND, THIRD = b"\x48\xbf", b"\x48\xbe", b"\x49\xbb"  # where an argument goes: mov rdi, mov rsi, mov r11

    def __init__(self, code, ctypes):
        SIZE, STUBS, READ_EXECUTE = 8192, 32 * self.STUB, 5
        self.ctypes, self.word = ctypes, ctypes.c_ulong
        # With the interpreter's lock held: a child has no thread to give it to.
        self.api = api = ctypes.PyDLL(None)
        api.mmap.restype = ctypes.c_void_p
        self.patched = []  # where code was replaced
        self.page = self.map(SIZE)
        ctypes.memmove(self.page, code, len(code))
        self.protect(self.page, len(code), READ_EXECUTE)
        self.stubs = self.page + SIZE - STUBS
        if len(code) > SIZE - STUBS:
            raise RuntimeError("the native code is too long")
        self.serve, self.run_list, changed, self.leave, self.quit, move, self.seed_random, self.seed_numpy, self.collector, age = [
            int.from_bytes(code[at:at + 8], "little") + self.page for at in range(0, 80, 8)]
        self.changed = ctypes.PYFUNCTYPE(ctypes.c_long, self.word, self.word)(changed)
        self.run = ctypes.PYFUNCTYPE(ctypes.c_long, self.word)(self.run_list)
        self.age = ctypes.PYFUNCTYPE(None, self.word, self.word)(age)
        self.move = ctypes.PYFUNCTYPE(None, self.word, self.word)(move)

    HUGE = 2 << 20  # bytes of a huge page

    def gather(self, parts):
        """Has parts of memory (address, size, rights) lie in huge pages, at the
        addresses where they are. The kernel copies and gives back the map of
        such pages in ranges, and not one by one, also where they are mapped in
        small pieces. Where it has none, all stays as it was."""
        MADV_COLLAPSE, READ_EXECUTE = 25, 5
        words, end = [], 0
        for address, size, rights in parts:
            if rights == READ_EXECUTE:
                end += (address - end) % self.HUGE  # what nobody writes to can be mapped in huge pages
            words += address, size, rights, end
            end += size
        size = -(-end // self.HUGE) * self.HUGE
        area = self.map(size + self.HUGE)
        start = -(-area // self.HUGE) * self.HUGE
        self.ctypes.memset(start, 0, size)
        if self.api.madvise(self.ctypes.c_void_p(start), self.word(size), MADV_COLLAPSE) == 0:
            words[3::4] = [start + place for place in words[3::4]]
            moves = self.array(words)
            self.move(self.ctypes.addressof(moves), len(parts))
        self.api.munmap(self.ctypes.c_void_p(area), self.word(size + self.HUGE))

    PRIVATE, SHARED = 2, 1

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
        self.patched.append(at)
        self.protect(at, len(code), READ_WRITE_EXECUTE)
        self.ctypes.memmove(at, code, len(code))
        self.protect(at, len(code), READ_EXECUTE)

    def jump(self, to, register, argument):
        """Fourteen bytes that go to a function with an argument more."""
        return b"\xff\x25\0\0\0\0" + self.stub(to, register, argument).to_bytes(8, "little")  # jmp [rip]

    STUB = 32

    def stub(self, to, register, argument):
        """Code that goes to a function with an argument more, behind the code
        on our page: mov register, argument; mov rax, to; jmp rax."""
        at, self.stubs = self.stubs, self.stubs + self.STUB
        self.replace(at, register + argument.to_bytes(8, "little") + b"\x48\xb8" + to.to_bytes(8, "little") + b"\xff\xe0")
        return at

    def array(self, words):
        words = list(words)
        return (self.word * len(words))(*words)

    def address(self, function):
        return self.ctypes.cast(getattr(self.api, function), self.ctypes.c_void_p).value


class Mapping:
    """One of this process's memory: what smaps says, in bytes."""

    def __init__(self, line):
        area, self.rights, offset, _, inode, *name = line.split(maxsplit=5)
        self.start, self.end = [int(x, 16) for x in area.split("-")]
        self.offset, self.file = int(offset, 16), name if inode != "0" else None
        self.stack = name == ["[stack]\n"]


def mappings():
    found = []
    with open("/proc/self/smaps") as smaps:
        for line in smaps:
            what, *values = line.split()
            if what[-1] != ":":
                found.append(Mapping(line))
            elif what == "Rss:":
                found[-1].resident = int(values[0]) << 10
    return found
