# A finder put first sees every name asked for.
import sys


class F:
    def find_spec(self, name, path=None, target=None):
        names.append((name, path is not None and len(path)))
        return None


names = []
sys.meta_path.insert(0, F())
for n in "json", "random", "collections.abc", "dataclasses", "xml.etree.ElementTree", "concurrent.futures", "helper", "no_such", "logging", "os.path", "os.nope", "datetime", "argparse", "threading", "asyncio", "sys":
    names.clear()
    try:
        __import__(n)
    except ImportError as e:
        print(e)
    print(n, names)
