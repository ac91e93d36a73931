# The context of the main program is empty.
import contextvars
print(len(contextvars.copy_context()), list(contextvars.copy_context()))
v = contextvars.ContextVar("v")
v.set(1)
print([x.name for x in contextvars.copy_context()])
import decimal
decimal.getcontext()
import asyncio
print(sorted(x.name for x in contextvars.copy_context()))
