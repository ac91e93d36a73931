# Modules which nobody imported are no attributes of their packages, and names do not leak.
import sys


def has(m, *names):
    print(m.__name__, {n: hasattr(m, n) for n in names})


import xml
has(xml, "etree", "dom", "sax", "parsers")
import concurrent
has(concurrent, "futures")
import importlib
has(importlib, "util", "abc", "machinery", "resources", "metadata", "readers", "_bootstrap")
import os
has(os, "path")
import urllib
has(urllib, "parse", "request", "error", "response")
import collections
has(collections, "abc")
import json
has(json, "decoder", "encoder", "scanner", "tool")
import email
has(email, "message", "mime", "charset", "parser")
import logging
has(logging, "handlers", "config")
import multiprocessing
has(multiprocessing, "pool", "managers", "queues", "synchronize", "connection", "context", "process", "reduction", "spawn", "util", "popen_fork")
import concurrent.futures
has(concurrent.futures, "thread", "process", "_base")
print([k for k in vars(concurrent.futures) if not k.startswith("__")])
import encodings
has(encodings, "utf_8", "latin_1", "ascii", "aliases", "idna", "cp437")
import unittest
has(unittest, "mock", "case", "IsolatedAsyncioTestCase")
import ctypes
has(ctypes, "util", "wintypes")
import html
has(html, "parser", "entities")
import http
has(http, "client", "server")
import asyncio
has(asyncio, "subprocess", "timeouts", "mixins", "threads")
import xml.etree
has(xml.etree, "ElementTree", "cElementTree")
for n in "sre_compile", "sre_parse", "sre_constants", "imp", "distutils", "asyncore", "this", "antigravity", "tkinter":
    print(n, n in sys.modules)
