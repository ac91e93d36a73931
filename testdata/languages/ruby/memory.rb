# Keeps more and more memory: 1 GiB in pieces of 8 MiB.
pieces = []
128.times { |i| pieces << i.chr * (8 << 20) }
puts "done"
