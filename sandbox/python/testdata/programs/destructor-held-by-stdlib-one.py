# An object held only by an attribute of json.
import json
import sys


class D:
    def __del__(self):
        print("del", sys and sys.is_finalizing(), json is None)


json.mine = D()
print("end")
