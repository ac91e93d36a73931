# Explicit cause, implicit context and suppressed context, each printed then one uncaught.
import traceback


def cause():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("second") from e


def context():
    try:
        {}["missing"]
    except KeyError:
        int("x")


def suppressed():
    try:
        [].pop()
    except IndexError:
        raise OSError(2, "nothing here", "some file") from None


for f in cause, context, suppressed:
    try:
        f()
    except Exception:
        traceback.print_exc()
try:
    cause()
except ValueError:
    try:
        context()
    except ValueError as e:
        try:
            suppressed()
        finally:
            raise RuntimeError("last") from e
