-- A recursion without an end, whose result is needed.
local function depth(n)
  return 1 + depth(n + 1)
end

print(depth(0))
