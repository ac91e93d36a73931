# SIGINT ignored or default: what a KeyboardInterrupt raised by hand then does.
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.raise_signal(signal.SIGINT)
print("survived")
raise KeyboardInterrupt
