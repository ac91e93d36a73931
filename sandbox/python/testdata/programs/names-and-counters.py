# Counters behind generated names start at the beginning.
import asyncio
import collections
import concurrent.futures
import multiprocessing.util
import itertools
import multiprocessing
import threading
import contextvars
import email.utils
import tempfile
import weakref
import dataclasses
print(threading.Thread().name, threading.Thread().name)
ex = concurrent.futures.ThreadPoolExecutor(1)
print(ex.submit(lambda: threading.current_thread().name).result())
print(multiprocessing.Process().name)


async def main():
    return asyncio.current_task().get_name(), asyncio.create_task(asyncio.sleep(0)).get_name(), await asyncio.to_thread(lambda: threading.current_thread().name)


print(asyncio.run(main()))
print(concurrent.futures.thread.ThreadPoolExecutor(1)._thread_name_prefix, concurrent.futures.ThreadPoolExecutor._counter())
print(next(multiprocessing.process._process_counter), threading._counter())
print(weakref.finalize._index_iter.__reduce__() if hasattr(weakref.finalize, "_index_iter") else "", weakref.finalize._registered_with_atexit, weakref.finalize._shutdown)
print(multiprocessing.util._afterfork_counter.__reduce__(), multiprocessing.util._finalizer_counter.__reduce__(), len(multiprocessing.util._finalizer_registry), len(multiprocessing.util._afterfork_registry))
import logging
print(len(logging._handlerList), len(logging._handlers), logging.root.handlers, list(logging.root.manager.loggerDict), logging._levelToName)
