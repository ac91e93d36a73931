# What a destructor can import when everything ends.
class A:
    def __del__(self):
        try:
            import json
            print("imported", json)
        except ImportError as e:
            print(type(e).__name__, e)
        try:
            import statistics
            print("imported", statistics)
        except ImportError as e:
            print(type(e).__name__, e)
a = A()
