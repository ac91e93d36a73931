# Four threads add up a quarter of the numbers each.
from threading import Thread

COUNT = 1_000_000
THREADS = 4
sums = [0] * THREADS


def add(part):
    size = COUNT // THREADS
    total = 0
    for number in range(part * size + 1, (part + 1) * size + 1):
        total += number
    sums[part] = total


threads = [Thread(target=add, args=(part,)) for part in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(sums))
