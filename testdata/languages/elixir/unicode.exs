# Counts the characters (not the bytes) of a line.
line = IO.gets("") |> String.trim_trailing("\n")
IO.puts(String.length(line))
IO.puts(line)
