# Raises an exception that nobody rescues.
# want stderr: main\.rb:4:in `check': boom \(RuntimeError\)\n
def check(number)
  raise "boom" if number > 2
end

5.times { |i| check(i) }
