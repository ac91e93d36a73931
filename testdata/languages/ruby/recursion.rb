# A recursion that never comes to its end.
def depth(n)
  1 + depth(n + 1)
end

puts depth(0)
