# Nobody has registered an exit function before the program; importing some modules adds one.
import atexit
print(atexit._ncallbacks())
for name in "logging", "weakref", "threading", "concurrent.futures", "concurrent.futures.thread", "multiprocessing", "multiprocessing.util", "asyncio", "tempfile", "readline", "rlcompleter", "webbrowser", "unittest", "ssl", "numpy":
    try:
        __import__(name)
    except ImportError:
        continue
    print(name if name != "numpy" else "", atexit._ncallbacks()) if name not in ("numpy", "readline") else None
