# KeyboardInterrupt caught; its traceback; default_int_handler called by hand; exit status of sys.exit inside.
import os
import signal
import sys
import time
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.default_int_handler.__name__)
for i in range(2):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
    except KeyboardInterrupt as e:
        print(repr(e), e.__context__)
try:
    signal.default_int_handler(2, None)
except KeyboardInterrupt as e:
    print(repr(e))
try:
    signal.raise_signal(signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt:
    sys.exit(77)
