import sys
print("256 wraps to zero")
sys.exit(256)
