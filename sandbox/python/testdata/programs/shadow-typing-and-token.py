# Own typing.py and token.py; linecache and traceback then use the own token.
import typing
import token
print(typing.__file__, token.__file__)
for n in "dataclasses", "asyncio", "inspect", "tokenize", "linecache", "functools", "importlib.metadata":
    try:
        __import__(n)
        print(n, "fine")
    except Exception as e:
        print(n, type(e).__name__, e)
raise ValueError("end")
