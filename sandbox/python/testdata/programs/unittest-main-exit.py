# unittest.main's way out, its output kept from the clock.
import sys
import unittest


class W:
    def __init__(self, o):
        self.o = o

    def write(self, s):
        self.o.write("Ran ...\n" if s.startswith("Ran ") else s)

    def flush(self):
        self.o.flush()


class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        print("async test")

    def test_b(self):
        self.assertIn("x", "abc")


sys.stderr = W(sys.stderr)
unittest.main()
