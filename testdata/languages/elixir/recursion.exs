# A recursion whose end is never reached, and whose result is needed.
defmodule Main do
  def depth(-1), do: 0
  def depth(n), do: 1 + depth(n + 1)
end

IO.puts(Main.depth(0))
