# Computes for ever.
number = 1
loop { number = number * 48271 % 2147483647 }
