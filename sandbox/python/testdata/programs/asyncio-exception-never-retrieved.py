# Exceptions of tasks and futures which nobody asks for.
import asyncio
import gc
import logging
import sys
logging.basicConfig(format="%(name)s %(levelname)s", stream=sys.stdout)


def handler(loop, ctx):
    print(ctx["message"], repr(ctx["exception"]))


async def bad(n):
    raise ValueError(n)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    asyncio.create_task(bad(1))
    await asyncio.sleep(0.01)
    gc.collect()
    f = loop.create_future()
    f.set_exception(KeyError("future"))
    del f
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)
    global kept
    kept = asyncio.create_task(bad(2))
    await asyncio.sleep(0.01)


asyncio.run(main())
print("end")
