# Computes for ever.
defmodule Main do
  def step(n), do: step(rem(n * 31 + 7, 1_000_003))
end

Main.step(0)
