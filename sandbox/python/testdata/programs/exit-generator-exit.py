# GeneratorExit and other direct BaseExceptions, uncaught.
class Odd(BaseException):
    pass


try:
    raise Odd("odd")
except Exception:
    print("no")
except BaseException as e:
    print(repr(e))
raise GeneratorExit("uncaught")
