# Nested exception groups, uncaught.
def leaf(e):
    try:
        raise e
    except Exception as x:
        return x


def group(msg, *excs):
    try:
        raise ExceptionGroup(msg, excs)
    except ExceptionGroup as g:
        return g


g = group("outer", leaf(ValueError(1)), group("inner", leaf(TypeError("t")), leaf(OSError(5, "io"))), leaf(KeyError("k")))
g.add_note("a note on the group")
g.exceptions[0].add_note("a note\non two lines")
raise g
