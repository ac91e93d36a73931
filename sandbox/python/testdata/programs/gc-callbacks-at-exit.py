# Callbacks of the collector called when the interpreter ends.
import gc
import sys


def cb(phase, info, w=sys.stdout.write):
    w(f"{phase} {info['generation']}\n")


gc.collect()
gc.disable()
gc.callbacks.append(cb)
print("end")
