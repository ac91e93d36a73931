# How deep a counting function gets in different places.
import sys
import threading
print(sys.getrecursionlimit())


def depth():
    n = 0

    def rec():
        nonlocal n
        n += 1
        rec()
    try:
        rec()
    except RecursionError as e:
        print(e)
    return n


print("module level", depth())
print([depth() for _ in "ab"])
t = threading.Thread(target=lambda: print("thread", depth()))
t.start()
t.join()
exec("print('exec', depth())")
for limit in 50, 200, 3000:
    sys.setrecursionlimit(limit)
    print(limit, depth())
try:
    sys.setrecursionlimit(1)
except RecursionError as e:
    print(e)
try:
    sys.setrecursionlimit(0)
except ValueError as e:
    print(e)


class A:
    def __del__(self):
        print("del", depth())


A()
k = A()
