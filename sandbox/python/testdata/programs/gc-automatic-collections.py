# When automatic collections of the youngest generation free cycles, relative to allocations.
import gc


class A:
    live = 0

    def __init__(self):
        self.me = self
        A.live += 1

    def __del__(self):
        A.live -= 1


gc.collect()
gc.set_threshold(50, 1000, 1000)
seen = []
for i in range(400):
    A()
    seen.append(A.live)
print(max(seen) < 120, min(seen[200:]) < 60, gc.get_stats()[0]["collections"] > 3)
