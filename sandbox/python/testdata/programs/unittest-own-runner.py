# unittest with the times stripped.
import io
import re
import sys
import unittest


class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("setUpClass")

    def test_pass(self):
        self.assertEqual(1, 1)

    def test_fail(self):
        """A doc line."""
        self.assertEqual({"a": [1, 2]}, {"a": [1, 3]}, "msg")

    def test_error(self):
        1 / 0

    @unittest.skip("why")
    def test_skip(self):
        pass

    @unittest.expectedFailure
    def test_xfail(self):
        self.fail()

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_warn(self):
        import warnings
        warnings.warn("in test", DeprecationWarning)


s = io.StringIO()
sys.stderr = s
r = unittest.main(exit=False, verbosity=2, testRunner=unittest.TextTestRunner(s, verbosity=2)).result
sys.stderr = sys.__stderr__
print(re.sub(r"in [\d.]+s", "in TIME", s.getvalue()))
print(r.testsRun, len(r.failures), len(r.errors), r.wasSuccessful())
sys.exit(not r.wasSuccessful())
