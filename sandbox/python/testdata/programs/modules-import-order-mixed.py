# Submodules, from-imports and conditional imports in an odd order.
import sys


def show(src):
    before = set(sys.modules)
    exec(src, {})
    print(src, [m for m in sys.modules if m not in before])


for s in ("from concurrent.futures import thread", "import xml", "from xml.sax import saxutils", "import email", "from email.mime.text import MIMEText",
          "import importlib", "import importlib.util", "import importlib.metadata", "from collections import abc", "import collections.abc", "import os.path",
          "from multiprocessing import Pool", "from multiprocessing.pool import ThreadPool", "import multiprocessing.shared_memory", "import logging.handlers",
          "import encodings.idna", "'x'.encode('cp437')", "'x'.encode('utf-16')", "'x'.encode('idna')", "import json.tool", "import unittest.mock",
          "from urllib import parse, request", "import http", "from http import cookies", "import curses.ascii", "import asyncio.events",
          "open('f', 'w', encoding='latin-1').close()", "print(end='')", "b'x'.decode('hex_codec') if 0 else 0", "sorted([3, 1])", "(1.5).as_integer_ratio()",
          "import time; time.strptime('2020', '%Y')", "import datetime; datetime.datetime.strptime('2020', '%Y')", "import re; re.compile('a|b')",
          "import random; random.random()", "import decimal; decimal.Decimal(1)", "'%s' % 1.0", "import dataclasses; dataclasses.make_dataclass('A', 'x')",
          "import pickle; pickle.dumps(1)", "import zoneinfo", "help"):
    show(s)
