# Namespace packages and directories named like library modules.
import json
import random
import email
import test_dir.x
import calendar
print(json.__file__, random.__file__, email.__file__)
print(repr(test_dir)[:18], type(test_dir.__path__).__name__, list(test_dir.__path__), test_dir.__spec__.loader.__class__.__name__, test_dir.__file__)
print(calendar.__file__, calendar.__path__)
