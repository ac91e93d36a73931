# Exit functions after an uncaught error can see sys.last_value but no current exception.
import atexit
import sys
import traceback


@atexit.register
def f():
    print(sys.exc_info())
    print(sys.last_type.__name__, sys.last_value, sys.last_traceback.tb_lineno)
    traceback.print_last(file=sys.stdout)
    print(traceback.format_exc(), sys.is_finalizing())


def g():
    raise OSError(13, "Permission denied", "name")


g()
