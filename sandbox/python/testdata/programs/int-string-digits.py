import sys
print(sys.get_int_max_str_digits(), sys.int_info)
for f in (lambda: str(10 ** 4300), lambda: int("1" * 4301), lambda: f"{10 ** 5000:d}", lambda: eval("1" * 4301), lambda: repr(1 << 20000), lambda: "%d" % (10 ** 4301)):
    try:
        print(len(str(f())))
    except (ValueError, SyntaxError) as e:
        print(type(e).__name__, e)
print(len(hex(10 ** 5000)), len(str(10 ** 4299)))
sys.set_int_max_str_digits(0)
print(len(str(10 ** 5000)))
try:
    sys.set_int_max_str_digits(100)
except ValueError as e:
    print(e)
sys.set_int_max_str_digits(640)
x = 10 ** 700
print(x)
