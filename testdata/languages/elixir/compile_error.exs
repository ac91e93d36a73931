# A syntax error: a bracket is missing; want stderr: main\.exs:4:[0-9]+:
n = 5

if Enum.member?([1, 2, 3, 5, n) do
  IO.puts("big")
end
