# An error that nobody rescues; want stderr: \(RuntimeError\) boom(.|\n)*main\.exs:5
defmodule Main do
  def check(value) do
    if value < 0 do
      raise "boom"
    end

    value
  end
end

IO.puts(Main.check(-1))
