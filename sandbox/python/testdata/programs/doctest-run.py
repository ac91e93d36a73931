# doctest over the program's own docstrings, with one failure.
import doctest


def f(x):
    """
    >>> f(2)
    4
    >>> f("a")
    Traceback (most recent call last):
    ...
    TypeError: can't multiply sequence by non-int of type 'str'
    >>> f(3)
    10
    >>> import sys; sys.modules[f.__module__].__name__
    '__main__'
    >>> undefined
    1
    """
    return x * x


print(doctest.testmod())
print(doctest.testmod(verbose=True, report=True).failed)
