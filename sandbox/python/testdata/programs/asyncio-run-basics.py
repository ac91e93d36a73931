# run, gather, names of tasks, timeouts, debug off.
import asyncio
import sys
import threading


async def f(n):
    await asyncio.sleep(0.001 * n)
    return n, asyncio.current_task().get_name()


async def main():
    print(await asyncio.gather(*(f(i) for i in (3, 1, 2))))
    print(asyncio.current_task().get_name(), len(asyncio.all_tasks()), asyncio.get_running_loop().get_debug())
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError as e:
        print("timeout", repr(e))
    print(await asyncio.to_thread(lambda: threading.current_thread().name))
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(f(1))
            tg.create_task(fail())
    except* ValueError as g:
        print(g.exceptions)
    print(type(asyncio.get_running_loop()).__name__, type(asyncio.get_event_loop_policy()).__name__)
    return "result"


async def fail():
    raise ValueError("task fails")


print(asyncio.run(main()))
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
try:
    asyncio.run(main)
except ValueError as e:
    print(str(e).split(", got")[0])
try:
    asyncio.get_event_loop()
except RuntimeError as e:
    print(e)
