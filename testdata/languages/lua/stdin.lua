-- Reads numbers from standard input: prints how many lines there were, and their sum.
local lines, sum = 0, 0
for line in io.lines() do
  lines = lines + 1
  for word in line:gmatch("%S+") do
    sum = sum + math.tointeger(word)
  end
end
print(lines)
print(sum)
