# format_stack, StackSummary, TracebackException and walk_tb on the program's own frames.
import traceback


def f(x):
    y = [x]
    return traceback.format_stack() + traceback.format_list(traceback.extract_stack(limit=2))


for line in f(1):
    print(line, end="")
try:
    f(1)[0].a.b
except AttributeError as e:
    te = traceback.TracebackException.from_exception(e, capture_locals=False)
    print("".join(te.format()), end="")
    print(te.stack[0].lineno, te.stack[0].line, te.stack[0].colno, te.stack[0].end_colno)
    print(len(te.stack), te.exc_type.__name__)
    print(traceback.format_exception_only(type(e), e))


def g(secret):
    here = "local"
    raise LookupError(secret)


try:
    g("s")
except LookupError as e:
    t = traceback.TracebackException.from_exception(e, capture_locals=True)
    print(t.stack[1].locals)
print(traceback.format_exc())
traceback.print_exc()
traceback.print_last() if hasattr(__import__("sys"), "last_type") else print("no last")
