# inspect.stack, currentframe, trace and getframeinfo.
import inspect


def f():
    s = inspect.stack()
    for fi in s:
        print(fi.filename, fi.lineno, fi.function, fi.code_context, fi.index)
    return inspect.currentframe().f_back.f_code.co_name


print(f())
print(len(inspect.stack()), inspect.stack()[-1].function)
print(inspect.getframeinfo(inspect.currentframe()))
try:
    1 / 0
except ZeroDivisionError:
    print([(x.function, x.code_context) for x in inspect.trace()])
print(inspect.getouterframes(inspect.currentframe())[-1].lineno)
print(inspect.currentframe().f_back)
