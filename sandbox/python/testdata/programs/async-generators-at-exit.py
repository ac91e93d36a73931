# Async generators left over by asyncio.run are closed by it.
import asyncio
import sys


async def ag(n):
    try:
        while True:
            yield n
            await asyncio.sleep(0)
    finally:
        log.append(f"finally {n}")
        await asyncio.sleep(0)
        log.append(f"after await {n}")


log = []
keep = ag("global")


async def main():
    print(sys.get_asyncgen_hooks().firstiter is not None)
    async for x in ag("broken off"):
        print(x)
        break
    async for x in keep:
        break
    other = ag("local")
    await other.__anext__()
    print("main ends")


asyncio.run(main())
print(sorted(log))
print(sys.get_asyncgen_hooks())
print("end")
