# Enabled by the environment before the program.
import faulthandler
import os
import sys
print(faulthandler.is_enabled(), sys.flags.dev_mode, flush=True)
os.abort() if False else None
faulthandler.disable()
print(os.environ["PYTHONFAULTHANDLER"])
