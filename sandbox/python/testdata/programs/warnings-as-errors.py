import warnings
warnings.simplefilter("error")
try:
    warnings.warn("one", DeprecationWarning)
except DeprecationWarning as e:
    print(repr(e))
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn("recorded")
    print(log[0].message, log[0].category.__name__, log[0].lineno, log[0].filename, log[0].line, log[0].source)
try:
    eval("1 is 1")
except SyntaxError as e:
    print(repr(e))
warnings.filterwarnings("ignore", "ign.*", UserWarning)
warnings.warn("ignored")


def deep():
    warnings.warn("fatal")


deep()
