# Reads integers from standard input and prints the number of lines and the sum.
lines = 0
sum = 0
$stdin.each_line do |line|
  lines += 1
  sum += line.split.sum(&:to_i)
end
puts lines
puts sum
