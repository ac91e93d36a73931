# Weak references on library objects at the first use.
import weakref
import logging
import threading
import json
print(weakref.getweakrefcount(json), weakref.getweakrefcount(logging.root), len(logging._handlerList), weakref.finalize._registry, weakref.getweakrefcount(threading.main_thread()))
print(weakref.getweakrefcount(dict), len(weakref.getweakrefs(weakref)), weakref.ref(json)() is json)


class A:
    pass


a = A()
r = weakref.ref(a)
print(r is weakref.ref(a), weakref.getweakrefcount(a), r() is a)
del a
print(r(), repr(r).split(";")[1])
f = weakref.WeakMethod(A().__init__) if False else None
p = weakref.proxy(A())
try:
    p.x
except ReferenceError as e:
    print(e)
try:
    weakref.ref(1)
except TypeError as e:
    print(e)
