# Four processes (Elixir's light ones) compute a sum together.
0..3
|> Enum.map(fn k ->
  Task.async(fn -> Enum.sum((k * 250_000 + 1)..((k + 1) * 250_000)) end)
end)
|> Task.await_many()
|> Enum.sum()
|> IO.puts()
