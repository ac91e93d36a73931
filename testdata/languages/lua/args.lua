-- Prints each command line argument on a line of its own.
for _, argument in ipairs(arg) do
  print(argument)
end
