# An uncaught error of the main coroutine: the frames of asyncio are shown.
import asyncio


async def inner():
    await asyncio.sleep(0)
    raise ValueError("from the coroutine")


async def main():
    t = asyncio.create_task(inner())
    await t


asyncio.run(main())
