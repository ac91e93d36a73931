# Redirections left in force at the end.
import contextlib
import io
import sys
s = io.StringIO()
with contextlib.redirect_stdout(s), contextlib.redirect_stderr(s):
    print("captured")
    print("too", file=sys.stderr)
print(repr(s.getvalue()))


class Last(io.StringIO):
    def flush(self):
        sys.__stdout__.write("flush called, holds %r\n" % self.getvalue())


sys.stdout = Last()
print("inside")
raise SystemExit("status")
