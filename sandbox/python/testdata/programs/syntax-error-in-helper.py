# Errors of syntax in imported files, caught and at last uncaught.
import traceback
for name in "one", "two", "three", "four":
    try:
        __import__(name)
    except SyntaxError as e:
        print(type(e).__name__, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset, e.msg)
        traceback.print_exc()
import one
