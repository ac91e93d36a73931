# tracemalloc off at the start; on, it finds lines of the program.
import tracemalloc
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit(), tracemalloc.get_object_traceback(object()))
tracemalloc.start(5)


def alloc():
    return [bytes(1000) for _ in range(10)]


x = alloc()
tb = tracemalloc.get_object_traceback(x[0])
print(tb, len(tb), tb.total_nframe)
print(tb.format())
snap = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)])
print([(s.traceback[0].lineno, s.count >= 10) for s in snap.statistics("lineno") if s.size > 9000])
f = open(__file__)
del f
import warnings
warnings.simplefilter("always")
f = open(__file__)
del f
tracemalloc.stop()
