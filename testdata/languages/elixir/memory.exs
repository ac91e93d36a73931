# Keeps 1 GiB of bytes, in pieces of 4 MiB.
pieces = for n <- 0..255, do: :binary.copy(<<n::8192>>, 4096)

if length(pieces) == 256 do
  IO.puts("done")
end
