# The namespace of modules when they are first imported: names in order.
import json
import random
import string
import copy
import textwrap
import bisect
import queue
import heapq
import fractions
import json.decoder
for m in json, random, string, copy, textwrap, bisect, queue, heapq, fractions, json.decoder:
    print(m.__name__, list(vars(m)))
    print({k: v for k, v in vars(m).items() if k in ("__name__", "__package__", "__path__", "__file__", "__cached__")})
    print(m.__spec__.name, m.__spec__.origin, m.__spec__.cached, type(m.__loader__).__name__, m.__loader__ is m.__spec__.loader, m.__loader__.name, m.__loader__.path, vars(m.__spec__).keys())
    print(m.__spec__._initializing if hasattr(m.__spec__, "_initializing") else "-", m.__spec__.has_location, m.__spec__.submodule_search_locations, m.__spec__.parent, m.__spec__.loader_state)
    print(repr(m))
