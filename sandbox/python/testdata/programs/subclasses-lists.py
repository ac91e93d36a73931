# Subclass lists show which modules have been loaded.
import sys
for base in (BaseException, Exception, ValueError, OSError, RuntimeError, Warning, dict, list, int, str, tuple, type, LookupError, ImportError):
    print(base.__name__, [f"{c.__module__}.{c.__qualname__}" for c in type.__subclasses__(base)] if base is not type else len(type.__subclasses__(type)))
import abc
import collections.abc
print([c.__name__ for c in collections.abc.Mapping.__subclasses__()], [c.__name__ for c in collections.abc.MutableMapping.__subclasses__()])
import threading
print([c.__qualname__ for c in threading.Thread.__subclasses__()])
import io
print([c.__qualname__ for c in io.RawIOBase.__subclasses__()], [c.__qualname__ for c in io.TextIOBase.__subclasses__()], [c.__qualname__ for c in io.IOBase.__subclasses__()])
import enum
print([c.__qualname__ for c in enum.Enum.__subclasses__()], [c.__qualname__ for c in enum.IntEnum.__subclasses__()])
import codecs
print([c.__module__ for c in codecs.IncrementalDecoder.__subclasses__()])
