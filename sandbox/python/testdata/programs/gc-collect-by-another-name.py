# Functions of gc that a library took from it, and one that is called with an error.
from gc import collect, get_objects
try:
    collect(generation=7)
except ValueError as e:
    print(e)
try:
    get_objects("x")
except TypeError as e:
    print(e)
print(collect(generation=0) >= 0, collect(1) >= 0, len(get_objects(generation=2)) > 1000, get_objects(0) is not None)
