# Tasks left over are cancelled by run; one of them fails while it is cancelled.
import asyncio


async def left(n):
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError as e:
        log.append(f"cancelled {n} {e!r}")
        if n == 2:
            raise KeyError("while cancelled")
        raise
    finally:
        log.append(f"finally {n}")


log = []


async def main():
    global tasks
    tasks = [asyncio.create_task(left(i), name=f"t{i}") for i in range(3)]
    await asyncio.sleep(0)
    print("main returns")


def handler(loop, ctx):
    print("handler", ctx["message"], repr(ctx["exception"]), ctx["task"].get_name())


async def outer():
    asyncio.get_running_loop().set_exception_handler(handler)
    await main()


asyncio.run(outer())
print(sorted(log))
print([t.cancelled() for t in tasks])
