# Spawn without the main guard: the child fails with the well-known message.
import multiprocessing as mp


def f():
    print("never")


mp.set_start_method("spawn")
p = mp.Process(target=f)
p.start()
p.join()
print("exit code", p.exitcode)
