# Entries of sys.path before, between and behind the usual ones.
import os
import sys
os.mkdir("lib")
open("lib/calendar.py", "w").write("print('own calendar')\n")
sys.path.insert(0, "lib")
sys.path.append("/nowhere")
import json
sys.path.insert(2, "/nowhere/either")
sys.path.insert(1, "")
import random
print(json.dumps([1]), 0 <= random.random() < 1)
print([type(v).__name__ for v in sys.path_importer_cache.values()])
print([p for p in sys.path_importer_cache if not p.startswith(("/usr", "/tmp"))])
import calendar
import datetime
print(calendar.__file__, datetime.date(2020, 1, 1))
