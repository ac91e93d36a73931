-- Keeps 1 GiB of strings, in pieces of 4 MiB.
local pieces = {}
for i = 1, 256 do
  pieces[i] = string.rep(string.char(i % 256), 4 * 1024 * 1024)
end
print("done")
