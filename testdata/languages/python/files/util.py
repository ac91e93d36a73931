# The module that main.py imports.
def answer():
    return 6 * 7
