-- An error that nobody catches; want stderr: main\.lua:4: boom
local function check(value)
  if value < 0 then
    error("boom")
  end
  return value
end

print(check(-1))
