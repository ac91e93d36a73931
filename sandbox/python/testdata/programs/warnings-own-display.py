# Replaced showwarning, formatwarning and capture by logging.
import logging
import sys
import warnings


def show(m, c, f, l, file=None, line=None):
    print("shown", m, c.__name__, f, l, file, line)


orig = warnings.showwarning
warnings.showwarning = show
warnings.warn("one")
warnings.showwarning = orig
warnings.formatwarning = lambda m, c, f, l, line=None: f"formatted {m} {l} {line}\n"
warnings.warn("two")
logging.captureWarnings(True)
logging.basicConfig(stream=sys.stdout, format="%(name)s %(message)s")
warnings.warn("three")
logging.captureWarnings(False)
sys.stderr = sys.stdout
warnings.warn("four")
del warnings.filters
warnings.warn("five")
