# Reads numbers from standard input: prints how many lines there were, and their sum.
lines = IO.stream() |> Enum.map(&String.split/1)
numbers = lines |> List.flatten() |> Enum.map(&String.to_integer/1)

IO.puts(length(lines))
IO.puts(Enum.sum(numbers))
