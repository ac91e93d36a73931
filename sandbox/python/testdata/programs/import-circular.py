# Circular imports among helper files.
import a
print(a.x, a.b.y)
try:
    import c
except ImportError as e:
    print(type(e).__name__, e, e.name, e.path)
try:
    import e1
except AttributeError as e:
    print(e)
import c
