-- Computes for ever.
local n = 0
while true do
  n = (n * 31 + 7) % 1000003
end
