# Debug mode by the environment: origin of a coroutine, slow callbacks off.
import asyncio
import sys


async def never():
    pass


async def main():
    loop = asyncio.get_running_loop()
    print(loop.get_debug(), sys.get_coroutine_origin_tracking_depth())
    loop.slow_callback_duration = 100
    never()
    await asyncio.sleep(0)


asyncio.run(main())
print(sys.get_coroutine_origin_tracking_depth(), sys.flags.dev_mode)
