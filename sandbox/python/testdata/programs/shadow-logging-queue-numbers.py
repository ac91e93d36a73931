import logging
import queue
import numbers
for m in logging, queue, numbers:
    print(m.__file__, m.mark)
for n in "concurrent.futures", "asyncio", "decimal", "fractions", "statistics", "multiprocessing", "urllib.request":
    try:
        __import__(n)
        print(n, "fine")
    except Exception as e:
        print(n, type(e).__name__, e)
