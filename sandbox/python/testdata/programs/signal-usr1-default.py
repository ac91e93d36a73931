import os
import signal
import sys
sys.stderr.write("err\n")
print("lost")
signal.raise_signal(signal.SIGUSR1)
