-- Counts the characters (not the bytes) of a line.
local line = io.read("l")
print(utf8.len(line))
print(line)
