# The handler's stream is closed before the end.
import logging
import sys
logging.basicConfig(stream=sys.stdout, format="%(message)s")
logging.warning("one")
sys.stdout.close()
logging.raiseExceptions = True


class S:
    def write(self, s):
        sys.__stderr__.write("E " + s.splitlines()[-1] + "\n" if s.strip() else "")

    def flush(self):
        pass


logging.warning("two")
