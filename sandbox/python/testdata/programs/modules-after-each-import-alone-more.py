# Each import in a forked child of its own: the full list of what it brings.
import os
import sys
names = """bisect string textwrap itertools functools contextlib copy pickle queue secrets concurrent.futures multiprocessing ctypes inspect traceback
shutil glob zipfile socket ssl email.message html operator weakref abc io math cmath struct array time calendar locale gettext platform pprint types
numbers ast dis doctest timeit cProfile code cmd pdb""".split()
start = len(sys.modules)
for n in names:
    pid = os.fork()
    if not pid:
        __import__(n)
        print(n, list(sys.modules)[start:])
        sys.exit()
    os.waitpid(pid, 0)
