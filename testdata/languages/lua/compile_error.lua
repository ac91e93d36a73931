-- A syntax error: "then" is missing; want stderr: main\.lua:4: .*'then' expected
local n = 5
if n > 3
  print("big")
end
