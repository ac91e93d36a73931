-- The module of a program of two files.
local answer = {}

function answer.compute(a, b)
  return a * b
end

return answer
