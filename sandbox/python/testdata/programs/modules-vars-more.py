import collections
import dataclasses
import datetime
import enum
import functools
import logging
import math
import operator
import re
import sys
import threading
import typing
import warnings
import _thread
for m in collections, dataclasses, datetime, enum, functools, logging, math, operator, re, threading, typing, warnings, _thread, sys:
    print(m.__name__, list(vars(m)))
    print(repr(m).replace(" (built-in)", ""), getattr(m, "__cached__", "no cached"), m.__spec__.origin, m.__spec__.cached, m.__package__, m.__loader__ if isinstance(m.__loader__, type) else type(m.__loader__).__name__)
