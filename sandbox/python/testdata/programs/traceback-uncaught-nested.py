# An uncaught error in nested calls, with position markers.
def inner(d):
    return d["a"]["b"] + d["c"](1, 2)[3]


def outer(*args, **kw):
    return [inner(x) for x in args][kw["n"]]


def deco(f):
    def wrapped(*a, **k):
        return f(*a, **k)
    return wrapped


print("before")
deco(outer)({"a": {"b": 1}, "c": lambda x, y: (x +
                                               y)},
            n=0)
