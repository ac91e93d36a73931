# Raises an exception that nobody catches.
# want stderr: (?s)main\.py", line 7, in check.*\nValueError: boom\n$


def check(number):
    if number > 2:
        raise ValueError("boom")


for i in range(5):
    check(i)
