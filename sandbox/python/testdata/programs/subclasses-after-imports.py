import logging
import json
import argparse
import string
for base in (ValueError, Exception, logging.Handler, logging.Filterer, object().__class__.__subclasses__ and dict, argparse.Action):
    print(base.__name__, [f"{c.__module__}.{c.__qualname__}" for c in base.__subclasses__()])
print(len([c for c in object.__subclasses__() if c.__module__ in ("random", "decimal", "asyncio", "dataclasses", "typing", "datetime", "fractions", "unittest.case")]))
