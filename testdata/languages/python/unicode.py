# Counts the characters, not the bytes, of a line.
line = input()
print(len(line))
print(line)
