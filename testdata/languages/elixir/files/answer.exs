# The module of a program of two files.
defmodule Answer do
  def compute(a, b), do: a * b
end
