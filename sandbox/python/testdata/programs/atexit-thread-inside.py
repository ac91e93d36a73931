# Threads started, imports, files and subprocesses in exit functions.
import atexit
import subprocess
import sys
import threading


@atexit.register
def f():
    print("thread shut down?", threading.main_thread().is_alive(), threading.active_count())
    t = threading.Thread(target=print, args=("in a thread",))
    t.start()
    t.join()
    print(t.name, sys.is_finalizing())
    import fractions
    print(fractions.Fraction(1, 3))
    with open("x", "w") as h:
        h.write("y")
    print(open("x").read(), flush=True)
    subprocess.run([sys.executable, "-c", "print('child')"])
    try:
        from concurrent.futures import ThreadPoolExecutor
        ThreadPoolExecutor(1).submit(print, 1)
    except RuntimeError as e:
        print(e)


print("main ends")
