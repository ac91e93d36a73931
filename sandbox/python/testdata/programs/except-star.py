# except* in its forms; the leftover group is uncaught.
import traceback


def many():
    raise ExceptionGroup("many", [ValueError(1), TypeError(2), ExceptionGroup("sub", [ValueError(3), OSError(4)])])


try:
    many()
except* ValueError as e:
    print("values", e.exceptions, repr(e))
except* TypeError as e:
    print("types", e.exceptions)
except* OSError as e:
    print("os", e.exceptions)

try:
    try:
        many()
    except* ValueError as e:
        raise RuntimeError("from handler") from e
except BaseExceptionGroup:
    traceback.print_exc()

print(BaseExceptionGroup("b", [ValueError()]).__class__.__name__)
try:
    raise ValueError("naked")
except* ValueError as e:
    print(repr(e))
try:
    many()
except* (TypeError, OSError):
    pass
