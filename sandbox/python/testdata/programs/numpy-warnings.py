# Warnings of numpy with the program's source line, and errors.
import numpy as np
import warnings
x = np.array([1.0, 0.0])
print(x / 0)
print(np.sqrt(np.array([-1.0])))
with np.errstate(divide="raise"):
    try:
        x / 0
    except FloatingPointError as e:
        print(e)
print(len(warnings.filters) > 0, np.array([127], dtype=np.int8) + np.array([1], dtype=np.int8))
np.array([1, 2]) + np.array([1, 2, 3])
