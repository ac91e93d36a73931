# SIGINT during asyncio.run.
import asyncio
import os
import signal
import sys


async def main():
    asyncio.get_running_loop().call_later(0.02, os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(20)
    except asyncio.CancelledError:
        print("cancelled by SIGINT")
        raise


try:
    asyncio.run(main())
except KeyboardInterrupt as e:
    print(repr(e), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
asyncio.run(main())
