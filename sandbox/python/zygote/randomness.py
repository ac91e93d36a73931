class Randomness:
    """Makes random number generators of the zygote's produce numbers that are
    the run's own.

    To seed one takes Python, and numpy's touches 190 pages. So native code does
    what the seeding does, for generators whose memory is understood; others
    seed themselves."""

    HEAD, WORDS = 16, 624  # of an object; of the state of a Mersenne Twister

    def __init__(self, native, end):
        self.native, self.end, self.ctypes, self.word = native, end, native.ctypes, native.word

    def rows(self, seed):
        """What to do instead of calling a function that seeds a generator."""
        owner = getattr(seed, "__self__", None)
        kind = type(owner).__module__, type(owner).__name__
        ways = {("random", "Random"): self.of_random, ("numpy.random.mtrand", "RandomState"): self.of_numpy}
        if kind in ways:
            try:
                return ways[kind](owner)
            except Exception:
                pass  # it is another one
        return [(self.end.at.PyObject_CallNoArgs, self.end.keep(seed), 0, 0, 0, 0, self.end.FAILS)]

    def numbers(self, at, size):
        return list((self.ctypes.c_uint32 * size).from_address(at))

    def of_random(self, generator):
        """Behind its head it has an index and the state."""
        at = id(generator) + self.HEAD
        _, (*state, index), _ = generator.getstate()
        if type(generator).__basicsize__ < self.HEAD + 4 * (1 + self.WORDS) or self.numbers(at, 1 + self.WORDS) != [index] + state:
            raise RuntimeError("the generator was not understood")
        return [(self.native.seed_random, at)]

    def of_numpy(self, generator):
        """It has a state and an index; and the state comes from a number of
        five digits and a pool of four numbers."""
        import sys
        DIGIT, DIGITS, POOL, FIRST = 30, 5, 4, 1 << 31
        api, bits = self.native.api, generator._bit_generator
        api.PyCapsule_GetPointer.restype = self.ctypes.c_void_p
        state = self.word.from_address(api.PyCapsule_GetPointer(self.ctypes.py_object(bits.capsule), b"BitGenerator")).value
        sequence = getattr(bits, "seed_seq", None) or bits._seed_seq
        number, pool = sequence.entropy, sequence.pool
        digits, shared = id(number) + self.HEAD + 8, pool.__array_interface__

        def understood():
            now = bits.state["state"]
            return (
                sys.int_info.bits_per_digit == DIGIT and self.word.from_address(id(number) + self.HEAD).value == DIGITS
                and sum([digit << DIGIT * n for n, digit in enumerate(self.numbers(digits, DIGITS))]) == sequence.entropy
                and shared["typestr"] == "<u4" and shared["shape"] == (POOL,) and shared["strides"] is None
                and self.numbers(shared["data"][0], POOL) == pool.tolist()
                and self.numbers(state, self.WORDS) == now["key"].tolist() and self.numbers(state + 4 * self.WORDS, 1) == [now["pos"]] == [self.WORDS - 1]
                and type(sequence)(sequence.entropy).pool.tolist() == pool.tolist()
                and now["key"].tolist() == [FIRST] + sequence.generate_state(self.WORDS).tolist()[1:])

        places = self.end.place(self.native.array([state, digits, shared["data"][0]]))
        rows = [(self.native.seed_numpy, places)]
        if not understood() or self.native.run(self.end.write(rows)) != 0 or not understood():
            raise RuntimeError("the generator was not understood")
        return rows
