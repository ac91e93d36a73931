# The texts of import errors.
import traceback
for s in ("import no_such", "import os.no_such", "import no.such", "from os import no_such", "from json import nope, dumps", "from . import x", "from .x import y", "from .. import z",
          "import json.decoder.JSONDecoder", "from json.decoder.x import y", "import helper.sub", "from helper import nope", "from pkg import missing", "import pkg.missing", "import pkg.broken", "from pkg.broken import q",
          "from pkg.rel import up", "from json import *; print(len([k for k in dir() if k[0] != '_']) > 0)", "from pkg import *; print(sorted(k for k in dir() if k[0] != '_'))", "import math.x", "import sys.y", "__import__('')", "__import__('a', level=1)", "import ünï", "from random import Randm", "from collections import Mapping", "from typing import nope", "import threading.local"):
    try:
        exec(s, {"__name__": "m"})
    except BaseException as e:
        print(s, "->", type(e).__name__, e, getattr(e, "name", ""), getattr(e, "path", ""))
from pkg import broken
