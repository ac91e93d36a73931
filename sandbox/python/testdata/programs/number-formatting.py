print(f"{3.14159:.2f} {1e22} {1e16} {0.1 + 0.2} {1/3!r} {float('nan')} {-0.0} {10**20:,} {255:#x} {1+2j} {True:d} {1e308*10}")
print(round(2.5), round(-1.5), 7 // -2, -7 % 3, divmod(-7, 2), 2 ** -1, int(1e20), hash(2 ** 61 - 1), (0.1).hex(), 5e-324, 1 << 70)
print("%5.1f|%-5d|%05d|%e|%g|%r|%s|%c|%%" % (1.25, 3, -4, 12345.678, 1e-10, "q", None, 65))
import math
print(math.pi, math.sqrt(2), math.fsum([0.1] * 10), math.factorial(30), math.gcd(12, 18), math.isqrt(10 ** 30), math.sin(1), math.exp(1), math.lgamma(10.5))
print(sum([0.1] * 10), max(1, 2.0), sorted([3, 1.5, True]), complex("1+2j"), int("0b101", 0), float("1_0.5"))
math.sqrt(-1)
