# Forgets the colon behind a condition.
# want stderr: (?s)main\.py", line 5\n.*SyntaxError: expected ':'
number = 42

if number > 1
    print("large")
