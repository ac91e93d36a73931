# Own enum.py: what breaks and how.
import enum
print(enum.__file__)
import re
