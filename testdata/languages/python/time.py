# Computes for ever.
number = 1
while True:
    number = number * 6364136223846793005 % 18446744073709551557
