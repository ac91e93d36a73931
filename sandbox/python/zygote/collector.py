class Collector:
    """The garbage collector, which a program may look at, or not.

    What the zygote made is frozen: no collection of a child's visits it, and
    so copies its pages. A program that calls functions of gc would see that.
    So their methods begin with native code that thaws it, and notes that the
    program's end is CPython's. Many a library imports gc; that does nothing."""

    # What tells nothing of it, and changes nothing.
    HARMLESS = ("enable", "isenabled", "get_threshold", "get_count", "get_debug", "is_tracked", "is_finalized")
    DEFINITION, FUNCTION = 16, 8  # where a builtin has its definition, and that the function

    def __init__(self, native, end, gc):
        ctypes, word = native.ctypes, native.word
        at = {}
        for name, function in vars(gc).items():
            if type(function) is type(len) and name not in self.HARMLESS:
                definition = word.from_address(id(function) + self.DEFINITION).value
                if ctypes.string_at(word.from_address(definition).value) != name.encode():
                    raise RuntimeError("gc's methods were not understood")
                at[name] = definition + self.FUNCTION
        functions = {name: word.from_address(place).value for name, place in at.items()}

        # Whoever prepares a program calls collect by a definition of its own.
        definition = native.array([word.from_address(at["collect"] - self.FUNCTION + 8 * n).value for n in range(4)])
        native.api.PyCFunction_NewEx.restype = ctypes.py_object
        self.collect = native.api.PyCFunction_NewEx(ctypes.c_void_p(end.place(definition)), ctypes.py_object(gc), None)

        # As native.c has it.
        table = native.array([0, len(at), functions["unfreeze"], native.address("PyInterpreterState_Get"), native.api.PyInterpreterState_Get()])
        head = len(table)
        table = native.array(list(table) + [0] * (3 * len(at)))
        address = end.place(table)
        SIZE = 16  # where a list has how long it is
        self.watched = [address, id(gc.callbacks) + SIZE, id(gc.garbage) + SIZE]
        self.stubs = []
        for n, (name, place) in enumerate(at.items()):
            entry = address + 8 * (head + 3 * n)
            table[head + 3 * n:head + 3 * n + 3] = [place, functions[name], address]
            self.stubs.append((place, native.stub(native.collector, native.THIRD, entry)))
        self.word = word

    def watch(self):
        """From here on, calls are noticed."""
        for place, stub in self.stubs:
            self.word.from_address(place).value = stub
