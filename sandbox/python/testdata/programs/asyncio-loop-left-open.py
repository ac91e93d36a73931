# A loop and pending tasks destroyed at the end without closing.
import asyncio
import logging
import sys


class Short(logging.Handler):
    def emit(self, r):
        sys.stderr.write("log: " + r.getMessage().splitlines()[0] + "\n")


logging.getLogger("asyncio").addHandler(Short())
logging.getLogger("asyncio").propagate = False
loop = asyncio.new_event_loop()


async def pend():
    try:
        await asyncio.sleep(50)
    finally:
        print("finally of pending")


async def main():
    global t
    t = asyncio.create_task(pend())
    await asyncio.sleep(0)


loop.run_until_complete(main())
print(loop.is_closed(), loop.is_running(), t.done())
