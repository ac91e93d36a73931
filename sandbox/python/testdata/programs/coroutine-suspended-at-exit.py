# Coroutines and async generators suspended by hand when the program ends.
import types


@types.coroutine
def pause(n):
    try:
        yield n
    finally:
        print("pause closed", n)


async def co(n):
    try:
        await pause(n)
    finally:
        print("co closed", n)


async def ag():
    try:
        yield 1
    finally:
        print("async generator closed")


class Aw:
    def __await__(self):
        try:
            yield "aw"
        finally:
            print("aw closed")


a = co("a")
print(a.send(None))
b = ag()
try:
    b.__anext__().send(None)
except StopIteration as e:
    print(e.value)
print(a.cr_running, a.cr_await.gi_frame.f_lineno, b.ag_running)


async def c():
    await Aw()


d = c()
print(d.send(None))
print("end")
