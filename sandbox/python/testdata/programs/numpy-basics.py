# numpy in ordinary use.
import sys
import numpy as np
a = np.arange(12, dtype=np.int64).reshape(3, 4)
print(a, a.sum(axis=0), a.T.shape, (a * 1.5).dtype, a[a > 5])
print(np.linalg.inv(np.array([[2.0, 0.0], [0.0, 4.0]])), np.dot(a, a.T))
print(np.random.default_rng(1).integers(0, 100, 5), np.random.RandomState(1).randint(0, 100, 5))
print(np.geterr(), np.get_printoptions()["precision"], "numpy.linalg" in sys.modules)
a[5]
