# The collector's state at the start.
import gc
import sys
print(gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.get_debug(), gc.callbacks, gc.garbage)
print([type(c).__name__ for c in gc.get_count()], [sorted(s) for s in gc.get_stats()])
print(gc.collect() >= 0, gc.collect(), gc.garbage)


class A:
    pass


a = A()
a.a = a
del a
print(gc.collect(), gc.is_tracked([]), gc.is_tracked(1), gc.is_finalized(A()))
log = []
gc.callbacks.append(lambda p, i: log.append((p, i["generation"], i["uncollectable"])))
gc.collect(0)
print(log)
gc.callbacks.clear()
gc.freeze()
print(gc.get_freeze_count() > 1000)
gc.unfreeze()
print(gc.get_freeze_count())
print(sum(1 for o in gc.get_objects() if isinstance(o, A)), len(gc.get_referrers(A)) > 0)
gc.set_threshold(0)
print(gc.get_threshold(), any(f.__class__.__name__ == "frame" and f.f_code.co_filename != __file__ for f in gc.get_objects()))
