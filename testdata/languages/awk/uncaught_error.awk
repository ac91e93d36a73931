# A run-time error, which awk has no means to catch; want stderr: main\.awk:5: fatal: .*boom
BEGIN {
    boom = 42
    # A scalar is not an array.
    boom["x"] = 1
}
