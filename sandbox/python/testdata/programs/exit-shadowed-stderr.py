# A string status goes to whatever sys.stderr is.
import io
import sys


class W(io.StringIO):
    def write(self, s):
        sys.stdout.write("[%s]" % s)
        return len(s)


sys.stderr = W()
sys.exit("status text")
