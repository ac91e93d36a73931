# Four threads add up a quarter of the numbers each.
COUNT = 1_000_000
THREADS = 4

threads = THREADS.times.map do |part|
  Thread.new do
    size = COUNT / THREADS
    sum = 0
    (part * size + 1..(part + 1) * size).each { |number| sum += number }
    sum
  end
end
puts threads.sum(&:value)
