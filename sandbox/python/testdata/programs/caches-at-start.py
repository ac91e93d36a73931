# Caches of library modules are as a fresh import leaves them.
import fnmatch
import functools
import linecache
import re
import struct
import typing
import copyreg
import json
import sys
import urllib.parse
import encodings
print(len(re._cache), re._MAXCACHE, linecache.cache, len(encodings._cache), sorted(k for k in encodings._cache))
print(fnmatch._compile_pattern.cache_info(), len(urllib.parse._parse_cache) if hasattr(urllib.parse, "_parse_cache") else "", urllib.parse.urlsplit.cache_info())
print(copyreg.dispatch_table.keys().__len__(), copyreg._extension_registry, len(typing._cleanups), [c.__name__ for c in functools.singledispatch(print).registry])
print(re._compiler.__name__, re.template.__name__ if hasattr(re, "template") else "")
print(typing.Optional[int] is typing.Optional[int], typing._type_check.__name__)
import abc
import collections.abc
print(isinstance([], collections.abc.Sequence), len(abc.get_cache_token.__name__), sys.getunicodeinternedsize() > 0 if hasattr(sys, "getunicodeinternedsize") else "")
import mimetypes
import locale
import logging
print(mimetypes.inited, mimetypes._db, logging.getLogger("x").parent.name, logging._loggerClass)
import decimal
print(decimal.getcontext(), decimal.DefaultContext, decimal.getcontext() == decimal.DefaultContext)
import warnings
print(warnings.onceregistry, [m for m in sys.modules if hasattr(sys.modules[m], "__warningregistry__")])
