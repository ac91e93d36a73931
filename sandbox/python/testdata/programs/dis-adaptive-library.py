# Library functions are no more specialised than a fresh process leaves them.
import dis
import collections
import enum
import functools
import json
import json.encoder
import os
import random
import re
import textwrap
import types
for m in json, json.encoder, json.decoder, textwrap, random, re, re._parser, re._compiler, collections, enum, functools, types, os, os.path:
    for n, f in list(vars(m).items()):
        if isinstance(f, types.FunctionType) and f.__module__ == m.__name__:
            pairs = zip(dis.get_instructions(f, adaptive=True), dis.get_instructions(f))
            diff = [a.opname for a, b in pairs if a.opname != b.opname]
            if diff:
                print(m.__name__, n, diff[:6], len(diff))
